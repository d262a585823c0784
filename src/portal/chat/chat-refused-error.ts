import { TRPCError } from "@trpc/server";

import type { ChatRefusal } from "#portal/chat/chat-refusal.ts";

const CODES: Readonly<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

/** Carries a refusal to the error's shape, where the page and programs find the body that REST would answer. */
export class ChatRefusedCause extends Error {
  readonly body: Record<string, unknown>;

  constructor({ message, body }: ChatRefusal) {
    super(message);
    this.name = "ChatRefusedCause";
    this.body = body;
  }
}

/** The refusal as tRPC sends it, with the status that REST would answer. */
export function chatRefusedError(refusal: ChatRefusal): TRPCError {
  const code = CODES[refusal.status] ?? (refusal.status < 500 ? "BAD_REQUEST" : "BAD_GATEWAY");
  return new TRPCError({ code, message: refusal.message, cause: new ChatRefusedCause(refusal) });
}

/** The body in an error's cause, or null where it is no refusal of a chat. */
export function refusedBodyOf(cause: unknown): Record<string, unknown> | null {
  return cause instanceof ChatRefusedCause ? cause.body : null;
}
