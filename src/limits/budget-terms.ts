import {
  type Budget,
  type BudgetAction,
  type BudgetIncrease,
  type BudgetKey,
  limitAt,
  type ReservationMode,
} from "#domain/budget.ts";
import { DomainError } from "#domain/errors.ts";
import { amountProblem, thresholdsProblem, timeZoneProblem } from "#domain/limit-rules.ts";
import { type NanoUsd, parseUsd, toUsdText } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/** What a budget says, without whose it is and without what was granted on top. */
export type BudgetTerms = {
  limits: Record<BudgetPeriod, NanoUsd | null>;
  actionOnExceed: BudgetAction;
  warningThresholds: readonly number[];
  timeZone: string;
  reservation: ReservationMode;
  hardStop: boolean;
  pauseOnRunaway: boolean;
};

/** New limits as a person typed them, in decimal dollars; null is "no limit". What is left out stays as it is. */
export type BudgetInput = {
  daily?: string | null | undefined;
  monthly?: string | null | undefined;
  actionOnExceed?: BudgetAction | undefined;
  warningThresholds?: readonly number[] | undefined;
  timeZone?: string | undefined;
  reservation?: ReservationMode | undefined;
  hardStop?: boolean | undefined;
  pauseOnRunaway?: boolean | undefined;
};

/** What a budget says where nobody has said anything: nothing is limited. */
export const NO_TERMS: BudgetTerms = {
  limits: { day: null, month: null },
  actionOnExceed: "none",
  warningThresholds: [50, 80, 100],
  timeZone: "UTC",
  reservation: "expected",
  hardStop: false,
  pauseOnRunaway: false,
};

/**
 * Reads new limits. A monthly limit below the daily one is fine: the month decides.
 * @throws DomainError invalid_input that says what to write instead
 */
export function toTerms(input: BudgetInput, before: BudgetTerms): BudgetTerms {
  const { daily, monthly, warningThresholds = before.warningThresholds, timeZone = before.timeZone } = input;
  const problem = thresholdsProblem(warningThresholds) ?? timeZoneProblem(timeZone);
  if (problem !== null) throw new DomainError("invalid_input", problem);
  return {
    limits: {
      day: daily === undefined ? before.limits.day : parseLimit("daily", daily),
      month: monthly === undefined ? before.limits.month : parseLimit("monthly", monthly),
    },
    actionOnExceed: input.actionOnExceed ?? before.actionOnExceed,
    warningThresholds,
    timeZone,
    reservation: input.reservation ?? before.reservation,
    hardStop: input.hardStop ?? before.hardStop,
    pauseOnRunaway: input.pauseOnRunaway ?? before.pauseOnRunaway,
  };
}

/**
 * Reads a limit as people type it. Null stays null: no limit.
 * @throws DomainError invalid_input that says what to write instead
 */
export function parseLimit(which: "daily" | "monthly", text: string | null): NanoUsd | null {
  if (text === null) return null;
  const amount = parseUsd(text);
  if (amount === null) throw new DomainError("invalid_input", `The ${which} limit ${amountProblem(text)}`);
  return amount;
}

/** A budget as the domain knows it. */
export function toBudget(key: BudgetKey, terms: BudgetTerms, increases: readonly BudgetIncrease[]): Budget {
  return { key, ...terms, increases };
}

/** A budget's limits at an instant, with what was granted on top. */
export function limitsAt(budget: Budget, at: Date): Record<BudgetPeriod, NanoUsd | null> {
  return { day: limitAt(budget, "day", at), month: limitAt(budget, "month", at) };
}

/** For the audit log. */
export function auditedTerms(terms: BudgetTerms) {
  const { limits, warningThresholds, ...rest } = terms;
  return {
    dailyLimitUsd: limits.day === null ? null : toUsdText(limits.day),
    monthlyLimitUsd: limits.month === null ? null : toUsdText(limits.month),
    warningThresholds: [...warningThresholds],
    ...rest,
  };
}
