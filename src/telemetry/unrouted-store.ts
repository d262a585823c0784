import type { Unrouted } from "#domain/cost-drift.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";

/** A day of an agent that shall go through the gateway. */
export type ReportedDay = { agentId: number; agentName: string; dayStart: Date };

export type UnroutedStore = ReturnType<typeof createUnroutedStore>;

/** Where to look for calls past the gateway, and the alerts about them. */
export function createUnroutedStore(prisma: PrismaClient) {
  return {
    /** Days on which agents reported at least so much, and which nobody was told of yet. `days`: starts of UTC days. */
    async reportedDays(days: readonly Date[], reportedMin: bigint): Promise<ReportedDay[]> {
      return prisma.$queryRaw<ReportedDay[]>`
        SELECT agent.id AS "agentId", agent_name AS "agentName", day_start AS "dayStart"
        FROM telemetry_days AS told JOIN agent_ownership AS agent ON agent.id = told.agent_id
        WHERE day_start = ANY (${[...days]}::timestamptz[]) AND measure IN ('cost', 'event_cost')
          AND routing = 'gateway' AND removed_at IS NULL AND NOT EXISTS (
            SELECT FROM alerts WHERE kind = 'unrouted' AND budget = 'agent:' || agent.id AND period_start = day_start
          )
        GROUP BY agent.id, day_start HAVING sum(amount) >= ${reportedMin} ORDER BY day_start, agent.id`;
    },

    /** Once for an agent and a day, whoever looks. */
    async alert({ agentId, dayStart }: ReportedDay, { amount, reported }: Unrouted, at: Date): Promise<void> {
      const detail = JSON.stringify({ unrouted: { amount: amount.toString(), reported: reported.toString() } });
      await prisma.$executeRaw`
        INSERT INTO alerts (kind, budget, agent_id, period, period_start, crossed_at, detail)
        SELECT 'unrouted', 'agent:' || id, id, 'day', ${dayStart}, ${at}, ${detail}::jsonb
        FROM agent_ownership WHERE id = ${agentId} AND routing = 'gateway' AND removed_at IS NULL
        ON CONFLICT DO NOTHING`;
    },
  };
}
