import type pg from "pg";

import type { NanoUsd } from "#domain/money.ts";
import type { QuarterHour } from "#domain/runaway.ts";

const SPENDERS = `
SELECT agent_ownership.id FROM agent_ownership CROSS JOIN LATERAL (
  SELECT sum(cost_nano_usd) AS spent FROM usage_quarter_hours
  WHERE agent_id = agent_ownership.id AND bucket_start >= $1
) AS recent
WHERE removed_at IS NULL AND spent >= $2`;

const QUARTER_HOURS = `
SELECT bucket_start AS start, sum(cost_nano_usd)::bigint AS cost FROM usage_quarter_hours
WHERE agent_id = $1 AND bucket_start >= $2 GROUP BY 1`;

/** The agents that have spent at least `amount` since an instant. Errors: PostgreSQL's own. */
export async function readSpendersSince(pool: pg.Pool, since: Date, amount: NanoUsd): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(SPENDERS, [since, amount.toString()]);
  return rows.map(({ id }) => id);
}

/** What an agent spent by quarter hours since an instant, those without calls left out. Errors: PostgreSQL's own. */
export async function readQuarterHours(pool: pg.Pool, agentId: number, since: Date): Promise<QuarterHour[]> {
  const { rows } = await pool.query<{ start: Date; cost: NanoUsd }>(QUARTER_HOURS, [agentId, since]);
  return rows.map(({ start, cost }) => ({ startMs: start.getTime(), cost }));
}
