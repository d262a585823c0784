import type { Spend } from "#domain/budget.ts";
import { periodAt, type Span } from "#domain/period.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** Tokens by type, as whole numbers. Web searches are counted beside them: they have a price too. */
export type TokenSums = {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreation5mInputTokens: number;
  cacheCreation1hInputTokens: number;
  webSearchRequests: number;
};

/** Sums over calls. `listCost` is nano-USD. */
export type UsageSums = {
  requests: number;
  failedRequests: number;
  refusedRequests: number;
  estimatedRequests: number;
  listCost: bigint;
  tokens: TokenSums;
};
export type DaySums = UsageSums & { dayStart: Date };
export type ModelSums = UsageSums & { model: string };

/** What an agent did lately. `lastSeenAt` is null when it has never called. */
export type AgentActivity = { spend: Spend; requestsToday: number; lastSeenAt: Date | null };

export type ThresholdAlert = {
  period: "day" | "month";
  thresholdPercent: number;
  limit: bigint;
  spent: bigint;
  crossedAt: Date;
};

type SumsRow = {
  requests: bigint;
  failed: bigint;
  refused: bigint;
  estimated: bigint;
  cost: bigint;
  input: bigint;
  output: bigint;
  cache_read: bigint;
  cache_5m: bigint;
  cache_1h: bigint;
  web_searches: bigint;
};

const SUMS = Prisma.sql`
  sum(requests)::bigint AS requests, sum(failed)::bigint AS failed, sum(refused)::bigint AS refused, sum(estimated)::bigint AS estimated, sum(cost_nano_usd)::bigint AS cost,
  sum(input_tokens)::bigint AS input, sum(output_tokens)::bigint AS output,
  sum(cache_read_input_tokens)::bigint AS cache_read,
  sum(cache_creation_5m_input_tokens)::bigint AS cache_5m, sum(cache_creation_1h_input_tokens)::bigint AS cache_1h,
  sum(web_search_requests)::bigint AS web_searches`;

export type CostReportStore = ReturnType<typeof createCostReportStore>;

/** Reads the sums that the ledger writer keeps. A day or a model without calls has no row. */
export function createCostReportStore(prisma: PrismaClient) {
  return {
    /** Sums by UTC day, oldest first. */
    async byDay(agentId: number, span: Span): Promise<DaySums[]> {
      const rows = await prisma.$queryRaw<(SumsRow & { day_start: Date })[]>`
        SELECT date_trunc('day', bucket_start, 'UTC') AS day_start, ${SUMS} FROM usage_quarter_hours
        WHERE agent_id = ${agentId} AND bucket_start >= ${span.start} AND bucket_start < ${span.end}
        GROUP BY 1 ORDER BY 1`;
      return rows.map((row) => ({ dayStart: row.day_start, ...toSums(row) }));
    },

    /** Sums by model, the dearest first. */
    async byModel(agentId: number, span: Span): Promise<ModelSums[]> {
      const rows = await prisma.$queryRaw<(SumsRow & { model: string })[]>`
        SELECT model, ${SUMS} FROM usage_quarter_hours
        WHERE agent_id = ${agentId} AND bucket_start >= ${span.start} AND bucket_start < ${span.end}
        GROUP BY model ORDER BY cost DESC, requests DESC, model`;
      return rows.map((row) => ({ model: row.model, ...toSums(row) }));
    },

    /** What each agent has spent in the current UTC day and month, what it reported to have spent past the gateway included. An agent that spent nothing is not in the map. */
    async spendOf(agentIds: readonly number[], now: Date): Promise<Map<number, Spend>> {
      const [day, month] = [periodAt("day", now).start, periodAt("month", now).start];
      const rows = await prisma.$queryRaw<{ agent_id: number; day: bigint; month: bigint }[]>`
        SELECT agent_id, sum(cost_nano_usd)::bigint AS month,
          coalesce(sum(cost_nano_usd) FILTER (WHERE day_start >= ${day}), 0)::bigint AS day
        FROM (
          SELECT agent_id, day_start, cost_nano_usd FROM usage_days
          WHERE agent_id = ANY (${[...agentIds]}::int[]) AND day_start >= ${month}
          UNION ALL
          SELECT agent_id, day_start, amount FROM telemetry_days
          WHERE agent_id = ANY (${[...agentIds]}::int[]) AND day_start >= ${month} AND measure = 'direct_cost'
        ) AS days GROUP BY agent_id`;
      return new Map(rows.map((row) => [row.agent_id, { day: row.day, month: row.month }]));
    },

    /** Calls of the current UTC day and the last sign of life of each agent that has ever called. One query. */
    async callsOf(agentIds: readonly number[], now: Date): Promise<Map<number, { today: number; lastSeenAt: Date }>> {
      const today = periodAt("day", now).start;
      const rows = await prisma.$queryRaw<{ id: number; last_seen_at: Date; today: bigint }[]>`
        SELECT agent.id, last.last_seen_at, CASE WHEN last.day_start = ${today} THEN last.requests ELSE 0 END AS today
        FROM unnest(${[...agentIds]}::int[]) AS agent (id)
        CROSS JOIN LATERAL (
          SELECT day_start, requests, last_seen_at FROM usage_days
          WHERE agent_id = agent.id ORDER BY day_start DESC LIMIT 1
        ) AS last`;
      return new Map(rows.map((row) => [row.id, { today: Number(row.today), lastSeenAt: row.last_seen_at }]));
    },

    /** The thresholds of the agent's own budget that were crossed in the zone's current day and month, the newest first. */
    async alertsOf(agentId: number, now: Date, timeZone: string): Promise<ThresholdAlert[]> {
      const rows = await prisma.alert.findMany({
        where: {
          budget: `agent:${agentId}`, // what its pool has spent is not for its owner
          kind: "threshold",
          OR: [
            { period: "day", periodStart: periodAt("day", now, timeZone).start },
            { period: "month", periodStart: periodAt("month", now, timeZone).start },
          ],
        },
        orderBy: [{ crossedAt: "desc" }, { id: "desc" }],
      });
      return rows.flatMap(({ period, thresholdPercent, limitNanoUsd: limit, spentNanoUsd: spent, crossedAt }) =>
        thresholdPercent === null || limit === null || spent === null
          ? []
          : {
              period: period === "day" ? ("day" as const) : ("month" as const),
              thresholdPercent,
              limit,
              spent,
              crossedAt,
            },
      );
    },
  };
}

function toSums(row: SumsRow): UsageSums {
  return {
    requests: Number(row.requests),
    failedRequests: Number(row.failed),
    refusedRequests: Number(row.refused),
    estimatedRequests: Number(row.estimated),
    listCost: row.cost,
    tokens: {
      inputTokens: Number(row.input),
      outputTokens: Number(row.output),
      cacheReadInputTokens: Number(row.cache_read),
      cacheCreation5mInputTokens: Number(row.cache_5m),
      cacheCreation1hInputTokens: Number(row.cache_1h),
      webSearchRequests: Number(row.web_searches),
    },
  };
}
