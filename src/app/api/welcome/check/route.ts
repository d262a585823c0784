import { methodNotAllowed } from "#portal/rest/responses.ts";
import { checkWelcome } from "#portal/rest/welcome-route.ts";

const notAllowed = methodNotAllowed("POST");

export const POST = checkWelcome;
export const GET = notAllowed;
export const PUT = notAllowed;
export const PATCH = notAllowed;
export const DELETE = notAllowed;
