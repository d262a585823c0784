import { exportAgents } from "#portal/rest/agents-export-route.ts";
import { methodNotAllowed } from "#portal/rest/responses.ts";

const notAllowed = methodNotAllowed("GET");

export const GET = exportAgents;
export const POST = notAllowed;
export const PUT = notAllowed;
export const PATCH = notAllowed;
export const DELETE = notAllowed;
