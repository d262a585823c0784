import { HEAVY_TOKENS, type InsightDay } from "#domain/insights.ts";
import type { Span } from "#domain/period.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";
import type { Scope } from "#ledger/fleet-report-store.ts";

/** What the calls of a model say, one by one, over a span. */
export type ModelFacts = {
  model: string;
  listCost: bigint;
  subagentCost: bigint;
  heavyRequests: number;
  heavyCost: bigint;
  unread5mTokens: number;
  unread1hTokens: number;
};

type FactsRow = {
  model: string;
  cost: bigint;
  subagent_cost: bigint;
  heavy: bigint;
  heavy_cost: bigint;
  unread_5m: bigint;
  unread_1h: bigint;
};

/** So many agent-days are looked at in one statement: some ten thousand calls. */
const DAYS_AT_ONCE = 50;

export type CallFactsStore = ReturnType<typeof createCallFactsStore>;

/** Facts that only the calls themselves tell, kept by agent, UTC day and model. */
export function createCallFactsStore(prisma: PrismaClient) {
  return {
    /** By model, over whole UTC days. Days that have not been looked at yet are not in it. */
    async byModel(scope: Scope, { start, end }: Span): Promise<ModelFacts[]> {
      const rows = await prisma.$queryRaw<FactsRow[]>`
        SELECT model, sum(cost_nano_usd)::bigint AS cost, sum(subagent_cost_nano_usd)::bigint AS subagent_cost,
          sum(heavy_requests)::bigint AS heavy, sum(heavy_cost_nano_usd)::bigint AS heavy_cost,
          sum(unread_5m_tokens)::bigint AS unread_5m, sum(unread_1h_tokens)::bigint AS unread_1h
        FROM call_facts WHERE day_start >= ${start} AND day_start < ${end} ${ofAgents(scope)} GROUP BY model`;
      return rows.map((row) => ({
        model: row.model,
        listCost: row.cost,
        subagentCost: row.subagent_cost,
        heavyRequests: Number(row.heavy),
        heavyCost: row.heavy_cost,
        unread5mTokens: Number(row.unread_5m),
        unread1hTokens: Number(row.unread_1h),
      }));
    },

    /** Cost and prompts by day, the oldest first; a day without calls has no entry. */
    async promptDays(scope: Scope, { start, end }: Span): Promise<InsightDay[]> {
      const rows = await prisma.$queryRaw<{ day_start: Date; cost: bigint; prompt: bigint; cache_read: bigint }[]>`
        SELECT date_trunc('day', bucket_start, 'UTC') AS day_start, sum(cost_nano_usd)::bigint AS cost,
          sum(cache_read_input_tokens)::bigint AS cache_read, sum(input_tokens + cache_read_input_tokens
            + cache_creation_5m_input_tokens + cache_creation_1h_input_tokens)::bigint AS prompt
        FROM ${scope === "fleet" ? Prisma.sql`fleet_quarter_hours` : Prisma.sql`usage_quarter_hours`}
        WHERE bucket_start >= ${start} AND bucket_start < ${end} ${ofAgents(scope)} GROUP BY 1 ORDER BY 1`;
      return rows.map((row) => ({
        dayStart: row.day_start,
        listCost: row.cost,
        promptTokens: Number(row.prompt),
        cacheReadTokens: Number(row.cache_read),
      }));
    },

    /**
     * Looks again at some of the days since `since` whose calls have changed, the newest first. Gives how many there were;
     * 0: all is looked at. A day that goes on is looked at every five minutes, and once more when its last writes have expired.
     */
    async lookAgain(since: Date, now: Date): Promise<number> {
      return prisma.$executeRaw`
        WITH due AS MATERIALIZED (
          SELECT days.agent_id, days.day_start, days.requests FROM usage_days AS days
          LEFT JOIN LATERAL (SELECT day_requests, computed_at FROM call_facts AS facts
            WHERE facts.agent_id = days.agent_id AND facts.day_start = days.day_start
            ORDER BY computed_at DESC LIMIT 1) AS known ON true
          WHERE days.day_start >= ${since} AND (known.computed_at IS NULL OR (known.computed_at <= ${now}::timestamptz - interval '5 min'
            AND (known.day_requests <> days.requests OR known.computed_at < days.last_seen_at + interval '70 min')))
          ORDER BY days.day_start DESC, days.agent_id LIMIT ${DAYS_AT_ONCE}
        ), ${WRITES}, facts AS (
          SELECT due.day_start, due.agent_id, coalesce(model, '') AS model, due.requests AS day_requests, count(id) AS requests,
            coalesce(sum(cost_nano_usd), 0) AS cost, coalesce(sum(cost_nano_usd) FILTER (WHERE subagent_id IS NOT NULL), 0) AS subagent_cost,
            count(*) FILTER (WHERE tokens > ${HEAVY_TOKENS}::int) AS heavy,
            coalesce(sum(cost_nano_usd) FILTER (WHERE tokens > ${HEAVY_TOKENS}::int), 0) AS heavy_cost,
            coalesce(sum(unread_5m) FILTER (WHERE admitted_at < ${now}::timestamptz - interval '6 min'), 0) AS unread_5m,
            coalesce(sum(unread_1h) FILTER (WHERE admitted_at < ${now}::timestamptz - interval '65 min'), 0) AS unread_1h
          FROM due LEFT JOIN unread ON unread.agent_id = due.agent_id AND unread.day_start = due.day_start
            AND unread.admitted_at < due.day_start + interval '24 hours'
          GROUP BY 1, 2, 3, 4
        )
        INSERT INTO call_facts AS old (day_start, agent_id, model, requests, cost_nano_usd, subagent_cost_nano_usd, heavy_requests,
          heavy_cost_nano_usd, unread_5m_tokens, unread_1h_tokens, day_requests, computed_at)
        SELECT day_start, agent_id, model, requests, cost, subagent_cost, heavy, heavy_cost, unread_5m, unread_1h, day_requests, ${now}
        FROM facts ORDER BY 1, 2, 3
        ON CONFLICT (day_start, agent_id, model) DO UPDATE SET requests = excluded.requests, cost_nano_usd = excluded.cost_nano_usd,
          subagent_cost_nano_usd = excluded.subagent_cost_nano_usd, heavy_requests = excluded.heavy_requests,
          heavy_cost_nano_usd = excluded.heavy_cost_nano_usd, unread_5m_tokens = excluded.unread_5m_tokens,
          unread_1h_tokens = excluded.unread_1h_tokens, day_requests = excluded.day_requests, computed_at = excluded.computed_at`;
    },
  };
}

function ofAgents(scope: Scope): Prisma.Sql {
  return scope === "fleet" ? Prisma.empty : Prisma.sql`AND agent_id = ANY (${[...scope]}::int[])`;
}

/**
 * Which of the tokens that a call wrote to the cache were read later. After a call, the cache holds what it read and what it
 * wrote: its prefix. Of that, as much is read as the longest read of the next four calls of its conversation (the same session,
 * subagent and model), or of the first calls of other conversations among the agent's next twenty calls of the model, since a
 * first call can only read what another one wrote. What is beyond that was never read. Everything is in favour of "read": a
 * read counts even when it came from a later write, and writes outside of a session, or with unknown counts, never count as
 * unread. What was written for five minutes stands behind what was written for an hour. Calls of the first hour after
 * the day are looked at as well, as readers.
 */
const WRITES = Prisma.sql`calls AS (
  SELECT due.day_start, them.*, session_id IS NULL OR row_number() OVER (
    PARTITION BY due.day_start, them.agent_id, session_id, subagent_id, model ORDER BY admitted_at, id) = 1 AS is_first
  FROM due CROSS JOIN LATERAL (SELECT id, agent_id, admitted_at, model, session_id, subagent_id, cost_nano_usd,
      cache_read_input_tokens AS cache_read, cache_creation_5m_input_tokens AS write_5m, cache_creation_1h_input_tokens AS write_1h,
      call_tokens(input_tokens, output_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens,
        cache_creation_1h_input_tokens) AS tokens
    FROM llm_requests WHERE llm_requests.agent_id = due.agent_id AND admitted_at >= due.day_start
      AND admitted_at < due.day_start + interval '25 hours') AS them
), reads AS (
  SELECT *, greatest(0, max(cache_read) OVER (PARTITION BY day_start, agent_id, session_id, subagent_id, model
      ORDER BY admitted_at, id ROWS BETWEEN 1 FOLLOWING AND 4 FOLLOWING),
    max(cache_read) FILTER (WHERE is_first) OVER (PARTITION BY day_start, agent_id, model
      ORDER BY admitted_at, id ROWS BETWEEN 1 FOLLOWING AND 20 FOLLOWING)) AS read_later
  FROM calls
), unread AS (
  SELECT *,
    CASE WHEN session_id IS NOT NULL THEN least(write_5m, greatest(0, cache_read + write_1h + write_5m - read_later)) END AS unread_5m,
    CASE WHEN session_id IS NOT NULL THEN least(write_1h, greatest(0, cache_read + write_1h - read_later)) END AS unread_1h
  FROM reads
)`;
