import { BUDGET_ACTIONS, type BudgetAction, type BudgetRule, type Spend, WARN_AT_PERCENT } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod, periodAt } from "#domain/period.ts";

/** Where one limit stands. `usedPercent` is whole percents, rounded down; null when there is no limit. */
export type BudgetPeriodStatus = {
  spent: NanoUsd;
  limit: NanoUsd | null;
  usedPercent: number | null;
  resetsAt: Date;
};

/**
 * What a budget amounts to now. `none`: no limit is set. `near`: 80 % of a limit or more. `reached`: a limit
 * is used up and calls still pass. `blocked`: a limit is used up and the next call is refused.
 */
export type BudgetState = "none" | "ok" | "near" | "reached" | "blocked";

export type BudgetStanding = {
  actionOnExceed: BudgetAction;
  day: BudgetPeriodStatus;
  month: BudgetPeriodStatus;
  warningThresholds: number[];
  state: BudgetState;
};

/**
 * Says where a budget stands in the current day and month of its time zone (UTC unless it has one). The state is that of
 * the limit that is used the most. The limits are those that are in force, increases included. Pure and total.
 */
export function budgetStanding(budget: BudgetRule & { timeZone?: string }, spend: Spend, now: Date): BudgetStanding {
  const statusOf = (period: BudgetPeriod): BudgetPeriodStatus => ({
    spent: spend[period],
    limit: budget.limits[period],
    usedPercent: usedPercent(spend[period], budget.limits[period]),
    resetsAt: periodAt(period, now, budget.timeZone).end,
  });
  return {
    actionOnExceed: budget.actionOnExceed,
    day: statusOf("day"),
    month: statusOf("month"),
    warningThresholds: [...budget.warningThresholds],
    state: stateOf(budget, spend),
  };
}

/** Tells whether a text names one of the actions. */
export function isBudgetAction(text: string): text is BudgetAction {
  return BUDGET_ACTIONS.some((action) => action === text);
}

function stateOf(budget: BudgetRule, spend: Spend): BudgetState {
  const used = BUDGET_PERIODS.map((period) => usedPercent(spend[period], budget.limits[period])).filter(
    (percent) => percent !== null,
  );
  if (used.length === 0) return "none";
  const most = Math.max(...used);
  if (most >= 100) return budget.actionOnExceed === "block" ? "blocked" : "reached";
  return most >= WARN_AT_PERCENT ? "near" : "ok";
}

/** A limit of 0 is used up from the start. */
function usedPercent(spent: NanoUsd, limit: NanoUsd | null): number | null {
  if (limit === null) return null;
  return limit === 0n ? 100 : Number((spent * 100n) / limit);
}
