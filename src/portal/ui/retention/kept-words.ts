import { type KeptDays, keptDaysProblem } from "#domain/retention.ts";
import { countOf, formatCount } from "#portal/ui/format/counts.ts";

/** "400 days" */
export function keptText(keptDays: KeptDays): string {
  return keptDays === null ? "For ever" : countOf(keptDays, "day");
}

/** "1,234 calls", "more than 100,000 calls": beyond that nobody waits for the count. */
export function cappedText({ count, isMore }: { count: number; isMore: boolean }): string {
  return isMore ? `more than ${formatCount(count)} calls` : countOf(count, "call");
}

/** The days that a text says: NaN where it says none. */
export function draftDays(text: string): number {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** What is wrong with what was typed, once something was. */
export function draftProblem(text: string): string | null {
  return text.trim() === "" ? null : keptDaysProblem(draftDays(text));
}
