import { postChat } from "#portal/chat/chat-route.ts";
import { methodNotAllowed } from "#portal/rest/responses.ts";

const notAllowed = methodNotAllowed("POST");

export const POST = postChat;
export const GET = notAllowed;
export const PUT = notAllowed;
export const PATCH = notAllowed;
export const DELETE = notAllowed;
