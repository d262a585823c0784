import { readAgentCosts } from "#portal/rest/costs-route.ts";
import { methodNotAllowed } from "#portal/rest/responses.ts";

const notAllowed = methodNotAllowed("GET");

export const GET = readAgentCosts;
export const POST = notAllowed;
export const PUT = notAllowed;
export const PATCH = notAllowed;
export const DELETE = notAllowed;
