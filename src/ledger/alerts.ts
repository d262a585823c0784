import { type BudgetRule, reachedThresholds } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/** What a budget period had come to with one call. */
export type SpendAfter = {
  agentId: number;
  period: BudgetPeriod;
  periodStart: Date;
  requestId: string;
  spent: NanoUsd;
};

/** A threshold of a limit that is reached in a period, and the first call that found it so. */
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
 * The thresholds that a sequence of calls reaches, each with the first of them that finds it reached, in their order.
 * Those reached by earlier calls are among them: a limit may have been set, lowered or raised since, and a threshold
 * of a new limit is told anew. Whether one was told already is for the ledger to know. Budgets with action `none`
 * have no alerts. Pure: `budgetOf` gives the limits in force.
 */
export function findAlerts(spends: readonly SpendAfter[], budgetOf: (agentId: number) => BudgetRule | null): Alert[] {
  const found = new Set<string>();
  return spends.flatMap((after) => {
    const { agentId, period, periodStart, spent, requestId } = after;
    const budget = budgetOf(agentId);
    const limit = budget?.limits[period] ?? null;
    if (budget === null || limit === null || budget.actionOnExceed === "none") return [];
    return reachedThresholds(spent, limit, budget.warningThresholds).flatMap((thresholdPercent) => {
      const key = `${agentId} ${period} ${periodStart.getTime()} ${thresholdPercent}`;
      if (found.has(key)) return [];
      found.add(key);
      return { agentId, period, periodStart, thresholdPercent, limit, spent, requestId };
    });
  });
}
