import { reachedThresholds } from "#domain/budget.ts";
import { BUDGET_PERIODS, periodAt } from "#domain/period.ts";
import { alertKey } from "#ledger/alerts.ts";
import type { BudgetStatus, Budgets } from "#limits/budgets.ts";
import type { ReportedAlert, ReportedAlertStore } from "#limits/reported-alert-store.ts";

type Parts = { store: ReportedAlertStore; budgets: Pick<Budgets, "statuses">; clock: () => Date };

export type ReportedAlerts = ReturnType<typeof createReportedAlerts>;

/** Told ones are forgotten together when there are so many; the database knows them all the same. */
const TOLD_MAX = 10_000;

/**
 * Tells of thresholds that agents have reached whose calls go past the gateway, by what Claude Code reported. The gateway tells of
 * all others when it settles a call. Only of the agents' own limits: a pool's and the fleet's go by what passed the gateway.
 */
export function createReportedAlerts({ store, budgets, clock }: Parts) {
  const told = new Set<string>();
  return {
    /** Looks once. Four queries, and one more where there is something new. Errors: PostgreSQL's own. */
    async look(): Promise<void> {
      const agentIds = await store.directAgentIds();
      if (agentIds.length === 0) return;
      const statuses = [...(await budgets.statuses(agentIds))];
      const reached = statuses.flatMap(([agentId, status]) => reachedOf(agentId, status));
      const fresh = reached.filter((alert) => !told.has(alertKey(alert)));
      if (fresh.length === 0) return;
      await store.insert(fresh, clock());
      if (told.size > TOLD_MAX) told.clear();
      for (const alert of fresh) told.add(alertKey(alert));
    },
  };
}

function reachedOf(agentId: number, status: BudgetStatus): ReportedAlert[] {
  if (status.actionOnExceed === "none") return [];
  const { warningThresholds, timeZone } = status;
  return BUDGET_PERIODS.flatMap((period) => {
    const { limit, spent, resetsAt } = status[period];
    if (limit === null) return [];
    // Of the period that was counted: by now another may have begun.
    const periodStart = periodAt(period, new Date(resetsAt.getTime() - 1), timeZone).start;
    const budget = `agent:${agentId}` as const;
    return reachedThresholds(spent, limit, warningThresholds).map(
      (thresholdPercent): ReportedAlert => ({ agentId, budget, period, periodStart, thresholdPercent, limit, spent }),
    );
  });
}
