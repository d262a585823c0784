import { isTRPCClientError } from "@trpc/client";

import type { AppRouter } from "#portal/api/routers/app-router.ts";

/** Why something did not work, in words for the person. `isPassing`: trying again may help. */
export type Failure = { text: string; code: string | null; isPassing: boolean };

const UNREACHABLE = "The portal could not be reached. Check the connection, then try again.";
const FAULT = "The portal made a mistake. It is in its log; try again in a moment.";

/**
 * Reads a failed call. Refusals carry a sentence written for the person; anything else is a fault whose own
 * text would help nobody.
 */
export function failureOf(error: unknown): Failure {
  if (!isTRPCClientError<AppRouter>(error)) return { text: FAULT, code: null, isPassing: false };
  const code = error.data?.code ?? null;
  if (code === null) return { text: UNREACHABLE, code, isPassing: true };
  if (code === "INTERNAL_SERVER_ERROR") return { text: FAULT, code, isPassing: true };
  return { text: error.message, code, isPassing: false };
}

/** The sentence of a failed call, or null while nothing has failed. */
export function failureText(error: unknown): string | null {
  return error === null || error === undefined ? null : failureOf(error).text;
}
