import { periodAt } from "#domain/period.ts";

/** How long single calls are kept, in days; null: for ever. Sums by day and quarter hour stay whatever it says. */
export type KeptDays = number | null;

/** Reports, insights and comparisons read single calls of up to 31 days; with some room. */
export const KEPT_DAYS_MIN = 40;
export const KEPT_DAYS_MAX = 3_650;
/** While nobody has chosen: a year, and the month that it is compared with. */
export const KEPT_DAYS_USUAL: KeptDays = 400;

const DAY_MS = 86_400_000;

/** Since when calls are kept: the start of a UTC day. Null: for ever. Calls before it may be removed. */
export function keptSince(keptDays: KeptDays, now: Date): Date | null {
  return keptDays === null ? null : periodAt("day", new Date(now.getTime() - keptDays * DAY_MS)).start;
}

/** What is wrong with a choice, as a sentence; null: nothing. */
export function keptDaysProblem(keptDays: KeptDays): string | null {
  if (keptDays === null) return null;
  if (Number.isInteger(keptDays) && keptDays >= KEPT_DAYS_MIN && keptDays <= KEPT_DAYS_MAX) return null;
  return `Write a whole number of days from ${KEPT_DAYS_MIN} to 3,650, or keep calls for ever.`;
}
