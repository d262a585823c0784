import type { SessionSort } from "#domain/session-query.ts";

/** The orders of the list, in words. */
export const SESSION_SORT_WORDS: Record<SessionSort, string> = {
  latest: "Latest first",
  dearest: "Dearest first",
};
