import { type Budget, type BudgetKey, limitAt, reachedThresholds } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/** What a budget's period had come to with one call. */
export type SpendAfter = {
  budget: Budget;
  period: BudgetPeriod;
  periodStart: Date;
  call: { id: string; agentId: number; admittedAt: Date };
  spent: NanoUsd;
};

/** A threshold of a limit that is reached in a period, and the first call that found it so. */
export type Alert = {
  budget: BudgetKey;
  /** Whose call it was. */
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
 * have no alerts. Pure.
 */
export function findAlerts(spends: readonly SpendAfter[]): Alert[] {
  const found = new Set<string>();
  return spends.flatMap(({ budget, period, periodStart, call, spent }) => {
    const limit = limitAt(budget, period, call.admittedAt);
    if (limit === null || budget.actionOnExceed === "none") return [];
    return reachedThresholds(spent, limit, budget.warningThresholds).flatMap((thresholdPercent) => {
      const alert = {
        budget: budget.key,
        agentId: call.agentId,
        period,
        periodStart,
        thresholdPercent,
        limit,
        spent,
        requestId: call.id,
      };
      const key = alertKey(alert);
      if (found.has(key)) return [];
      found.add(key);
      return alert;
    });
  });
}

/** What an alert is unique by. */
export function alertKey(alert: Omit<Alert, "agentId" | "spent" | "requestId">): string {
  const { budget, period, periodStart, thresholdPercent, limit } = alert;
  return `${budget} ${period} ${periodStart.getTime()} ${thresholdPercent} ${limit}`;
}
