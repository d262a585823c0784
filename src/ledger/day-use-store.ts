import type { DayUse } from "#domain/focus.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

type UseRow = {
  agent_id: number;
  agent_name: string;
  owner_name: string | null;
  type: string | null;
  template: string | null;
  model: string;
  requests: bigint;
  failed: bigint;
  refused: bigint;
  cost: bigint;
  input: bigint;
  output: bigint;
  cache_read: bigint;
  cache_5m: bigint;
  cache_1h: bigint;
  searches: bigint;
};

const DAY_MS = 86_400_000;

export type DayUseStore = ReturnType<typeof createDayUseStore>;

/** Reads what was used by UTC day, agent and model, from the sums. */
export function createDayUseStore(prisma: PrismaClient) {
  return {
    /** One day's, by agent and model; of all agents there ever were, or of these. Names and owners are those of now. */
    async ofDay(agentIds: readonly number[] | null, dayStart: Date): Promise<DayUse[]> {
      const among = agentIds === null ? Prisma.empty : Prisma.sql`AND agent_id = ANY (${[...agentIds]}::int[])`;
      // The agents that called that day are asked for first: the sums by quarter hour are kept by agent.
      const rows = await prisma.$queryRaw<UseRow[]>`
        SELECT agent.id AS agent_id, agent.agent_name, users.name AS owner_name, agent.type, agent.template, used.*
        FROM usage_days JOIN agent_ownership AS agent ON agent.id = usage_days.agent_id
        LEFT JOIN users ON users.id = agent.owner_id
        CROSS JOIN LATERAL (
          SELECT model, sum(requests)::bigint AS requests, sum(failed)::bigint AS failed, sum(refused)::bigint AS refused,
            sum(cost_nano_usd)::bigint AS cost, sum(input_tokens)::bigint AS input, sum(output_tokens)::bigint AS output,
            sum(cache_read_input_tokens)::bigint AS cache_read, sum(cache_creation_5m_input_tokens)::bigint AS cache_5m,
            sum(cache_creation_1h_input_tokens)::bigint AS cache_1h, sum(web_search_requests)::bigint AS searches
          FROM usage_quarter_hours AS sums WHERE sums.agent_id = agent.id
            AND bucket_start >= ${dayStart} AND bucket_start < ${new Date(dayStart.getTime() + DAY_MS)}
          GROUP BY model) AS used
        WHERE day_start = ${dayStart} ${among} ORDER BY agent.agent_name, agent.id, used.model`;
      return rows.map((row) => toDayUse(row, dayStart));
    },
  };
}

function toDayUse(row: UseRow, dayStart: Date): DayUse {
  return {
    dayStart,
    agentId: row.agent_id,
    agentName: row.agent_name,
    ownerName: row.owner_name,
    type: row.type,
    template: row.template,
    model: row.model,
    requests: Number(row.requests),
    failedRequests: Number(row.failed),
    refusedRequests: Number(row.refused),
    listCost: row.cost,
    tokens: {
      inputTokens: Number(row.input),
      outputTokens: Number(row.output),
      cacheReadInputTokens: Number(row.cache_read),
      cacheCreation5mInputTokens: Number(row.cache_5m),
      cacheCreation1hInputTokens: Number(row.cache_1h),
      webSearchRequests: Number(row.searches),
    },
  };
}
