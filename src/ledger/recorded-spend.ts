import type pg from "pg";

import type { NanoUsd } from "#domain/money.ts";

/** What an agent spent in a UTC day, or in a quarter hour of one where the days or months of time zones may begin. */
export type RecordedSpend = { agentId: number; startMs: number; grain: "day" | "quarter"; cost: NanoUsd };

const DAYS = `
SELECT agent_id AS "agentId", extract(epoch FROM day_start)::float8 * 1000 AS "startMs", 'day' AS grain, cost_nano_usd AS cost
FROM usage_days WHERE day_start >= $1 AND NOT day_start = ANY ($2::timestamptz[])`;

/** A short look per agent and day: the index begins with the agent. */
const QUARTERS = `
SELECT quarters.* FROM agent_ownership CROSS JOIN unnest($1::timestamptz[]) AS fine (day) CROSS JOIN LATERAL (
  SELECT agent_id AS "agentId", extract(epoch FROM bucket_start)::float8 * 1000 AS "startMs", 'quarter' AS grain,
    sum(cost_nano_usd)::bigint AS cost
  FROM usage_quarter_hours
  WHERE agent_id = agent_ownership.id AND bucket_start >= day AND bucket_start < day + interval '24 hours'
  GROUP BY agent_id, bucket_start
) AS quarters`;

/**
 * What every agent spent since `startMs`: by quarter hours on the UTC days that begin at `fineDays`, by days on the others.
 * Errors: PostgreSQL's own.
 */
export async function readRecordedSpend(
  pool: pg.Pool,
  { startMs, fineDays }: { startMs: number; fineDays: readonly number[] },
): Promise<RecordedSpend[]> {
  const days = fineDays.map((dayMs) => new Date(dayMs));
  const [whole, fine] = await Promise.all([
    pool.query<RecordedSpend>(DAYS, [new Date(startMs), days]),
    pool.query<RecordedSpend>(QUARTERS, [days]),
  ]);
  return [...whole.rows, ...fine.rows];
}
