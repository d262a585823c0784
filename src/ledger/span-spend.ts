import type pg from "pg";

import type { NanoUsd } from "#domain/money.ts";
import type { Span } from "#domain/period.ts";

/** By whole UTC days, and by quarter hours before the first and after the last of them. */
const SPENT = `
SELECT coalesce(sum(cost), 0)::bigint AS spent FROM (
  SELECT agent_id, cost_nano_usd AS cost FROM usage_days WHERE day_start >= $3 AND day_start < $4
  UNION ALL
  SELECT agent_id, cost_nano_usd FROM usage_quarter_hours
  WHERE (bucket_start >= $1 AND bucket_start < least($3, $2)) OR (bucket_start >= greatest($4, $1) AND bucket_start < $2)
) AS parts`;

const OF_AGENTS = `
SELECT coalesce(sum(cost), 0)::bigint AS spent FROM unnest($5::int[]) AS agent (id) CROSS JOIN LATERAL (
  SELECT cost_nano_usd AS cost FROM usage_days WHERE agent_id = agent.id AND day_start >= $3 AND day_start < $4
  UNION ALL
  SELECT cost_nano_usd FROM usage_quarter_hours
  WHERE agent_id = agent.id
    AND ((bucket_start >= $1 AND bucket_start < least($3, $2)) OR (bucket_start >= greatest($4, $1) AND bucket_start < $2))
) AS parts`;

const DAY_MS = 86_400_000;

/** What these agents (null: all) spent in a span of whole quarter hours. Errors: PostgreSQL's own. */
export async function readSpentIn(
  client: pg.PoolClient,
  agentIds: readonly number[] | null,
  { start, end }: Span,
): Promise<NanoUsd> {
  const firstDayMs = Math.ceil(start.getTime() / DAY_MS) * DAY_MS;
  const daysEndMs = Math.max(firstDayMs, Math.floor(end.getTime() / DAY_MS) * DAY_MS);
  const span = [start, end, new Date(firstDayMs), new Date(daysEndMs)];
  const { rows } =
    agentIds === null
      ? await client.query<{ spent: NanoUsd }>(SPENT, span)
      : await client.query<{ spent: NanoUsd }>(OF_AGENTS, [...span, agentIds]);
  return rows[0]?.spent ?? 0n;
}
