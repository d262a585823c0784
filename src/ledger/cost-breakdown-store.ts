import type { Span } from "#domain/period.ts";
import type { TokenType } from "#domain/token-cost.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** A model's calls of one UTC day. */
export type ModelDay = Record<TokenType, number> & {
  dayStart: Date;
  model: string;
  listCost: bigint;
  webSearchRequests: number;
};

/** `weekday`: 1 is Monday, 7 Sunday; `hour`: 0 to 23, by the clocks of the zone that was asked for. */
export type HourSums = { weekday: number; hour: number; listCost: bigint; requests: number };

export type CostBreakdownStore = ReturnType<typeof createCostBreakdownStore>;

/** Reads an agent's quarter hours, never its calls. */
export function createCostBreakdownStore(prisma: PrismaClient) {
  const within = (agentId: number, { start, end }: Span) =>
    Prisma.sql`agent_id = ${agentId} AND bucket_start >= ${start} AND bucket_start < ${end}`;
  return {
    async modelDays(agentId: number, span: Span): Promise<ModelDay[]> {
      const rows = await prisma.$queryRaw<
        (Record<TokenType | "listCost" | "webSearchRequests", bigint> & { dayStart: Date; model: string })[]
      >`
        SELECT date_trunc('day', bucket_start, 'UTC') AS "dayStart", model, sum(cost_nano_usd)::bigint AS "listCost",
          sum(input_tokens)::bigint AS "inputTokens", sum(output_tokens)::bigint AS "outputTokens",
          sum(cache_read_input_tokens)::bigint AS "cacheReadInputTokens",
          sum(cache_creation_5m_input_tokens)::bigint AS "cacheCreation5mInputTokens",
          sum(cache_creation_1h_input_tokens)::bigint AS "cacheCreation1hInputTokens",
          sum(web_search_requests)::bigint AS "webSearchRequests"
        FROM usage_quarter_hours WHERE ${within(agentId, span)} GROUP BY 1, 2 ORDER BY 1, 2`;
      return rows.map((row) => ({
        dayStart: row.dayStart,
        model: row.model,
        listCost: row.listCost,
        inputTokens: Number(row.inputTokens),
        outputTokens: Number(row.outputTokens),
        cacheReadInputTokens: Number(row.cacheReadInputTokens),
        cacheCreation5mInputTokens: Number(row.cacheCreation5mInputTokens),
        cacheCreation1hInputTokens: Number(row.cacheCreation1hInputTokens),
        webSearchRequests: Number(row.webSearchRequests),
      }));
    },

    /** Hours without a call have no row. */
    async byHour(agentId: number, span: Span, timeZone: string): Promise<HourSums[]> {
      const rows = await prisma.$queryRaw<{ weekday: number; hour: number; cost: bigint; requests: bigint }[]>`
        SELECT extract(isodow FROM bucket_start AT TIME ZONE ${timeZone})::int AS weekday,
          extract(hour FROM bucket_start AT TIME ZONE ${timeZone})::int AS hour, sum(cost_nano_usd)::bigint AS cost,
          sum(requests)::bigint AS requests
        FROM usage_quarter_hours WHERE ${within(agentId, span)} GROUP BY 1, 2 ORDER BY 1, 2`;
      return rows.map(({ cost, requests, ...at }) => ({ ...at, listCost: cost, requests: Number(requests) }));
    },
  };
}
