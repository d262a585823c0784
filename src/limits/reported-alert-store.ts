import type { BudgetKey } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";

/** A threshold of an agent's own limit that it has reached by its own report. */
export type ReportedAlert = {
  agentId: number;
  budget: BudgetKey;
  period: BudgetPeriod;
  periodStart: Date;
  thresholdPercent: number;
  limit: NanoUsd;
  spent: NanoUsd;
};

export type ReportedAlertStore = ReturnType<typeof createReportedAlertStore>;

/** Alerts about agents that go past the gateway. */
export function createReportedAlertStore(prisma: PrismaClient) {
  return {
    /** The agents whose calls nobody but themselves can count. */
    async directAgentIds(): Promise<number[]> {
      const rows = await prisma.agent.findMany({ where: { routing: "direct", removedAt: null }, select: { id: true } });
      return rows.map(({ id }) => id);
    },

    /** One that is there already, told by a call that passed the gateway or by a report, stays as it is. */
    async insert(alerts: readonly ReportedAlert[], at: Date): Promise<void> {
      await prisma.alert.createMany({
        data: alerts.map(({ limit, spent, ...alert }) => ({
          ...alert,
          ...{ kind: "threshold", limitNanoUsd: limit, spentNanoUsd: spent, crossedAt: at },
          detail: { isReported: true },
        })),
        skipDuplicates: true,
      });
    },
  };
}
