import type { Span } from "#domain/period.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";

/** Sums of one UTC day, by measure and detail. */
export type DaySum = { dayStart: Date; measure: string; detail: string; amount: bigint };

/** Calls of one UTC day that the agent told of, and of them those that the ledger does not have. nano-USD. */
export type ToldCalls = { dayStart: Date; cost: bigint; unroutedCost: bigint; unrouted: number };

export type TelemetryReportStore = ReturnType<typeof createTelemetryReportStore>;

/** Reads what agents reported of themselves, and what the gateway and Helicone have of the same days. */
export function createTelemetryReportStore(prisma: PrismaClient) {
  return {
    /** Everything that an agent reported in a span of whole UTC days. */
    async sums(agentId: number, { start, end }: Span): Promise<DaySum[]> {
      return prisma.telemetryDay.findMany({
        where: { agentId, dayStart: { gte: start, lt: end } },
        select: { dayStart: true, measure: true, detail: true, amount: true },
        orderBy: [{ dayStart: "asc" }, { measure: "asc" }, { amount: "desc" }],
      });
    },

    /** What the gateway's ledger has, by UTC day. */
    async ledger(agentId: number, { start, end }: Span): Promise<Map<number, bigint>> {
      const rows = await prisma.usageDay.findMany({
        where: { agentId, dayStart: { gte: start, lt: end } },
        select: { dayStart: true, costNanoUsd: true },
      });
      return new Map(rows.map(({ dayStart, costNanoUsd }) => [dayStart.getTime(), costNanoUsd]));
    },

    /** Of the calls that the agent told of one by one. */
    async calls(agentId: number, { start, end }: Span): Promise<ToldCalls[]> {
      const rows = await prisma.$queryRaw<{ day_start: Date; cost: bigint; unrouted_cost: bigint; unrouted: number }[]>`
        SELECT date_trunc('day', at, 'UTC') AS day_start, coalesce(sum(told.cost_nano_usd), 0)::bigint AS cost,
          coalesce(sum(told.cost_nano_usd) FILTER (WHERE call.id IS NULL), 0)::bigint AS unrouted_cost,
          (count(*) FILTER (WHERE call.id IS NULL))::int AS unrouted
        FROM telemetry_events AS told LEFT JOIN llm_requests AS call ON call.id = told.call_id AND call.agent_id = told.agent_id
        WHERE told.agent_id = ${agentId} AND told.name = 'api_request' AND at >= ${start} AND at < ${end}
        GROUP BY 1`;
      return rows.map((row) => ({
        dayStart: row.day_start,
        cost: row.cost,
        unroutedCost: row.unrouted_cost,
        unrouted: row.unrouted,
      }));
    },

    /** What Helicone has of the agent, by UTC day, for the days that were compared. */
    async helicone(agentName: string, { start, end }: Span): Promise<Map<number, bigint>> {
      const rows = await prisma.$queryRaw<{ day_start: Date; cost: bigint }[]>`
        SELECT day_start, coalesce((
          SELECT sum((agent ->> 'heliconeCostNanoUsd')::bigint) FROM jsonb_array_elements(agents) AS agent
          WHERE agent ->> 'agentName' = ${agentName}
        ), 0)::bigint AS cost
        FROM helicone_day_checks WHERE day_start >= ${start} AND day_start < ${end}`;
      return new Map(rows.map(({ day_start, cost }) => [day_start.getTime(), cost]));
    },
  };
}
