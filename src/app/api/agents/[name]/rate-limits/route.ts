import { readAgentRates, writeAgentRates } from "#portal/rest/limits-route.ts";
import { methodNotAllowed } from "#portal/rest/responses.ts";

const notAllowed = methodNotAllowed("GET, PUT");

export const GET = readAgentRates;
export const PUT = writeAgentRates;
export const POST = notAllowed;
export const PATCH = notAllowed;
export const DELETE = notAllowed;
