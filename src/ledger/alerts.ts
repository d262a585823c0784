import { type Budget, crossedThresholds } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/** What one call did to one budget period: spend before it and after it. */
export type SpendRise = {
  agentId: number;
  period: BudgetPeriod;
  periodStart: Date;
  requestId: string;
  previous: NanoUsd;
  current: NanoUsd;
};

/** A threshold of a limit, reached for the first time in a period, and the call that reached it. */
export type Alert = {
  agentId: number;
  period: BudgetPeriod;
  periodStart: Date;
  thresholdPercent: number;
  limit: NanoUsd;
  spent: NanoUsd;
  requestId: string;
};

/**
 * The alerts that a sequence of rises triggers, in its order. Budgets with action `none` raise none.
 * Pure: `budgetOf` gives the limits in force.
 */
export function findAlerts(rises: readonly SpendRise[], budgetOf: (agentId: number) => Budget | null): Alert[] {
  return rises.flatMap((rise) => {
    const budget = budgetOf(rise.agentId);
    const limit = budget?.limits[rise.period] ?? null;
    if (budget === null || limit === null || budget.actionOnExceed === "none") return [];
    const { previous, current } = rise;
    return crossedThresholds({ previous, current, limit }, budget.warningThresholds).map((thresholdPercent) => ({
      agentId: rise.agentId,
      period: rise.period,
      periodStart: rise.periodStart,
      thresholdPercent,
      limit,
      spent: current,
      requestId: rise.requestId,
    }));
  });
}
