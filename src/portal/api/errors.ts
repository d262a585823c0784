import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";

import type { DomainError, DomainErrorCode } from "#domain/errors.ts";
import { currentRequestId } from "#request-id.ts";

type TrpcErrorCode = TRPCError["code"];

/** How each refusal leaves the portal: the tRPC code, and the HTTP status of the REST routes. */
const BORDER = {
  invalid_input: { trpc: "BAD_REQUEST", status: 400 },
  not_signed_in: { trpc: "UNAUTHORIZED", status: 401 },
  not_allowed: { trpc: "FORBIDDEN", status: 403 },
  not_found: { trpc: "NOT_FOUND", status: 404 },
  conflict: { trpc: "CONFLICT", status: 409 },
  too_many_attempts: { trpc: "TOO_MANY_REQUESTS", status: 429 },
  unavailable: { trpc: "SERVICE_UNAVAILABLE", status: 503 },
} as const satisfies Record<DomainErrorCode, { trpc: TrpcErrorCode; status: number }>;

/** What a person is told of a fault of ours. The fault itself is in the log. */
export const FAULT_TEXT = "Something went wrong in the portal. It has been logged; try again in a moment.";

/** With what the fault is found by in the log. */
export function faultText(): string {
  const requestId = currentRequestId();
  return requestId === null ? FAULT_TEXT : `${FAULT_TEXT} (${requestId})`;
}

const INPUT_TEXT = "This input cannot be used.";

/** A refusal in words for the person who asked. */
export type Refusal = { code: DomainErrorCode; message: string; status: number };

/** The refusal that an error stands for, or null when it is a fault of ours. */
export function refusalOf(error: unknown): Refusal | null {
  if (isDomainError(error)) return toRefusal(error.code, error.message);
  if (error instanceof ZodError) return toRefusal("invalid_input", inputText(error));
  return null;
}

/** The words that a schema has for people; what the library says by itself is for developers. */
function inputText(error: ZodError): string {
  const message = error.issues[0]?.message ?? INPUT_TEXT;
  return /^(Invalid|Too|Unrecognized)\b/.test(message) ? INPUT_TEXT : message;
}

/** The error as tRPC sends it: refusals with their code and words, faults without theirs. */
export function toTrpcError(error: TRPCError): TRPCError {
  const refusal = refusalOf(error.cause);
  if (refusal !== null) {
    return new TRPCError({ code: BORDER[refusal.code].trpc, message: refusal.message, cause: error.cause });
  }
  if (error.code !== "INTERNAL_SERVER_ERROR") return error;
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: faultText(), cause: error.cause ?? error });
}

function toRefusal(code: DomainErrorCode, message: string): Refusal {
  return { code, message, status: BORDER[code].status };
}

/** By shape and not by class: Next loads the domain once for pages and once for routes. */
function isDomainError(error: unknown): error is DomainError {
  return error instanceof Error && error.name === "DomainError" && "code" in error && String(error.code) in BORDER;
}
