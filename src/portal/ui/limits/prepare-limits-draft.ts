import type { BudgetAction, ReservationMode } from "#domain/budget.ts";
import { amountProblem, thresholdsProblem, timeZoneProblem } from "#domain/limit-rules.ts";
import { type NanoUsd, parseUsd, toUsdText } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/** Limits as they stand in the form: dollars as typed, empty for none; warnings as typed, with commas. */
export type LimitsDraft = {
  daily: string;
  monthly: string;
  actionOnExceed: BudgetAction;
  thresholds: string;
  timeZone: string;
  reservation: ReservationMode;
  hardStop: boolean;
  pauseOnRunaway: boolean;
};

/** Limits as they are saved, increases left out. */
export type SavedLimits = {
  limits: Record<BudgetPeriod, NanoUsd | null>;
  actionOnExceed: BudgetAction;
  warningThresholds: readonly number[];
  timeZone: string;
  reservation: ReservationMode;
  hardStop: boolean;
  pauseOnRunaway: boolean;
};

/** What is wrong with each field as typed; null when it can be saved. */
export type DraftProblems = Record<"daily" | "monthly" | "thresholds" | "timeZone", string | null>;

/** A budget's status as the form takes it. */
export function savedLimitsOf(
  budget: Omit<SavedLimits, "limits"> & Record<BudgetPeriod, { savedLimit: NanoUsd | null }>,
): SavedLimits {
  return { ...budget, limits: { day: budget.day.savedLimit, month: budget.month.savedLimit } };
}

/** The form's content for what is saved. */
export function toDraft(saved: SavedLimits): LimitsDraft {
  const { limits, warningThresholds, actionOnExceed, timeZone, reservation, hardStop, pauseOnRunaway } = saved;
  return {
    daily: limitText(limits.day),
    monthly: limitText(limits.month),
    thresholds: warningThresholds.join(", "),
    ...{ actionOnExceed, timeZone, reservation, hardStop, pauseOnRunaway },
  };
}

/** What is wrong with the draft, field by field. */
export function draftProblems({ daily, monthly, thresholds, timeZone }: LimitsDraft): DraftProblems {
  return {
    daily: limitProblem(daily),
    monthly: limitProblem(monthly),
    thresholds: thresholdsProblem(parseThresholds(thresholds)),
    timeZone: timeZoneProblem(timeZone.trim()),
  };
}

/** What is wrong with a limit as typed; null when it can be saved. Empty means "no limit". */
export function limitProblem(text: string): string | null {
  if (text.trim() === "") return null;
  if (/^\s*\$/.test(text)) return "Leave out the $: it is already there.";
  const problem = amountProblem(text);
  return problem === null ? null : `A limit ${problem}`;
}

/** What does not fit together although each limit is fine, or is worth knowing; null when nothing. It may still be saved. */
export function draftAdvice({ daily, monthly, actionOnExceed }: LimitsDraft): string | null {
  const [day, month] = [limitOf(daily), limitOf(monthly)];
  if (day === null && month === null) return "Without a limit nothing is refused and nobody is warned.";
  if (day !== null && month !== null && day > month)
    return "The daily limit is above the monthly one, so the month decides.";
  if (actionOnExceed === "block" && (day === 0n || month === 0n)) return "A limit of 0 refuses every call.";
  return null;
}

/** The limits that a draft means; what cannot be read is null. */
export function draftLimits({ daily, monthly }: LimitsDraft): Record<BudgetPeriod, NanoUsd | null> {
  return { day: limitOf(daily), month: limitOf(monthly) };
}

/** A draft as the server takes it. */
export function toInput({ daily, monthly, thresholds, timeZone, ...rest }: LimitsDraft) {
  return {
    ...rest,
    daily: limitInput(daily),
    monthly: limitInput(monthly),
    warningThresholds: parseThresholds(thresholds),
    timeZone: timeZone.trim(),
  };
}

/** A limit as the server takes it: the typed text, or null for none. */
export function limitInput(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

/** Whether the form says something else than what is saved. "10" and "10.00" are the same. */
export function isChanged(draft: LimitsDraft, saved: SavedLimits): boolean {
  const input = toInput(draft);
  return (
    limitOf(draft.daily) !== saved.limits.day ||
    limitOf(draft.monthly) !== saved.limits.month ||
    input.warningThresholds.join() !== saved.warningThresholds.join() ||
    (["actionOnExceed", "timeZone", "reservation", "hardStop", "pauseOnRunaway"] as const).some(
      (field) => input[field] !== saved[field],
    )
  );
}

/** "50, 80" as numbers; what is none becomes NaN, which the rule refuses. */
function parseThresholds(text: string): number[] {
  const parts = text.split(/[\s,;%]+/).filter((part) => part !== "");
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
}

function limitText(limit: NanoUsd | null): string {
  return limit === null ? "" : toUsdText(limit);
}

function limitOf(text: string): NanoUsd | null {
  return text.trim() === "" ? null : parseUsd(text);
}
