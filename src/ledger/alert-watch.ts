import { type Budget, type BudgetKey, limitAt, reachedThresholds } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod, periodAt, type Span } from "#domain/period.ts";
import { type Alert, alertKey } from "#ledger/alerts.ts";
import type { SettledCall } from "#ledger/call-record.ts";

/** A budget and the agents whose calls count in it; null: everybody's. */
export type WatchedBudget = { budget: Budget; agentIds: readonly number[] | null };

/** What the ledger asks about budgets while it writes calls. */
export type BudgetSource = {
  /** The budgets that a call of the agent counts in. */
  budgetsOf(agentId: number): readonly WatchedBudget[];
  /**
   * What was spent of a budget in its current period, if that begins at this instant: no less than the ledger knows of, so that
   * the ledger need not sum where nothing can be reached. Null: that is not known.
   */
  spentOf(key: BudgetKey, period: BudgetPeriod, startMs: number): NanoUsd | null;
};

/** Calls of one batch that count in one period of one budget, in the order of their admission. */
export type CountedCalls = { watched: WatchedBudget; period: BudgetPeriod; span: Span; calls: SettledCall[] };

export type AlertWatch = {
  /** Where the calls may have reached a threshold that was not told yet. `calls` in the order of their admission. */
  due(calls: readonly SettledCall[]): CountedCalls[];
  /** These are in the ledger now. */
  told(alerts: readonly Alert[]): void;
};

/** Told ones are forgotten together when there are so many; the ledger knows them all the same. */
const TOLD_MAX = 50_000;

/** Remembers which alerts the ledger has, so that a sum is asked for only where there may be a new one. */
export function createAlertWatch(source: BudgetSource): AlertWatch {
  const told = new Set<string>();

  const mayBeNew = ({ watched: { budget }, period, span, calls }: CountedCalls): boolean => {
    const spent = source.spentOf(budget.key, period, span.start.getTime());
    if (spent === null) return true;
    const limits = new Set(calls.map((call) => limitAt(budget, period, call.admittedAt)));
    return [...limits].some(
      (limit) =>
        limit !== null &&
        reachedThresholds(spent, limit, budget.warningThresholds).some(
          (thresholdPercent) =>
            !told.has(alertKey({ budget: budget.key, period, periodStart: span.start, thresholdPercent, limit })),
        ),
    );
  };

  return {
    due: (calls) => groupByPeriod(calls, source).filter(mayBeNew),
    told(alerts) {
      if (told.size > TOLD_MAX) told.clear();
      for (const alert of alerts) told.add(alertKey(alert));
    },
  };
}

/** Only where there is a limit that somebody is told of. */
function groupByPeriod(calls: readonly SettledCall[], { budgetsOf }: BudgetSource): CountedCalls[] {
  const groups = new Map<string, CountedCalls>();
  const count = (call: SettledCall, watched: WatchedBudget, period: BudgetPeriod) => {
    const span = periodAt(period, call.admittedAt, watched.budget.timeZone);
    const key = `${watched.budget.key} ${period} ${span.start.getTime()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { watched, period, span, calls: [call] });
    else group.calls.push(call);
  };
  for (const call of calls) {
    for (const watched of budgetsOf(call.agentId)) {
      for (const period of watchedPeriods(watched.budget)) count(call, watched, period);
    }
  }
  return [...groups.values()];
}

function watchedPeriods(budget: Budget): BudgetPeriod[] {
  if (budget.actionOnExceed === "none" || budget.warningThresholds.length === 0) return [];
  return BUDGET_PERIODS.filter((period) => budget.limits[period] !== null);
}
