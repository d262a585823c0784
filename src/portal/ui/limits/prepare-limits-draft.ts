import type { BudgetAction } from "#domain/budget.ts";
import { type NanoUsd, parseUsd, toUsdText } from "#domain/money.ts";

/** Limits as they stand in the form: dollars as typed, empty for none. */
export type BudgetDraft = { daily: string; monthly: string; actionOnExceed: BudgetAction };

type SavedBudget = { actionOnExceed: BudgetAction; day: { limit: NanoUsd | null }; month: { limit: NanoUsd | null } };

/** The form's content for what is saved. */
export function toDraft({ actionOnExceed, day, month }: SavedBudget): BudgetDraft {
  return { daily: limitText(day.limit), monthly: limitText(month.limit), actionOnExceed };
}

/** What is wrong with a limit as typed; null when it can be saved. Empty means "no limit". */
export function limitProblem(text: string): string | null {
  if (text.trim() === "" || parseUsd(text) !== null) return null;
  return /^\s*\$/.test(text)
    ? "Leave out the $: it is already there."
    : "Write dollars like 10 or 2.50, without separators.";
}

/** What does not fit together although each limit is fine; null when nothing. It may still be saved. */
export function draftAdvice({ daily, monthly, actionOnExceed }: BudgetDraft): string | null {
  const [day, month] = [limitOf(daily), limitOf(monthly)];
  if (day === null && month === null) return "Without a limit nothing is refused and nobody is warned.";
  if (day !== null && month !== null && day > month)
    return "The daily limit is above the monthly one, so the month decides.";
  if (actionOnExceed === "block" && (day === 0n || month === 0n)) return "A limit of 0 refuses every call.";
  return null;
}

/** A limit as the server takes it: the typed text, or null for none. */
export function limitInput(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

/** Whether the form says something else than what is saved. "10" and "10.00" are the same. */
export function isChanged(draft: BudgetDraft, saved: SavedBudget): boolean {
  return (
    limitOf(draft.daily) !== saved.day.limit ||
    limitOf(draft.monthly) !== saved.month.limit ||
    draft.actionOnExceed !== saved.actionOnExceed
  );
}

function limitText(limit: NanoUsd | null): string {
  return limit === null ? "" : toUsdText(limit);
}

function limitOf(text: string): NanoUsd | null {
  return text.trim() === "" ? null : parseUsd(text);
}
