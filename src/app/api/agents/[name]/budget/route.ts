import { readAgentBudget, writeAgentBudget } from "#portal/rest/limits-route.ts";
import { methodNotAllowed } from "#portal/rest/responses.ts";

const notAllowed = methodNotAllowed("GET, PUT");

export const GET = readAgentBudget;
export const PUT = writeAgentBudget;
export const POST = notAllowed;
export const PATCH = notAllowed;
export const DELETE = notAllowed;
