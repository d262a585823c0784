import type pg from "pg";

import type { NanoUsd } from "#domain/money.ts";
import { type BudgetPeriod, periodAt } from "#domain/period.ts";

/** Every agent's spend in the day and the month that `now` falls in; agents without any are left out. */
export async function readCurrentSpend(
  pool: pg.Pool,
  now: Date,
): Promise<{ agentId: number; period: BudgetPeriod; periodStart: Date; spent: NanoUsd }[]> {
  const { rows } = await pool.query<{
    agent_id: number;
    period: BudgetPeriod;
    period_start: Date;
    spent_nano_usd: NanoUsd;
  }>(
    `SELECT agent_id, period, period_start, spent_nano_usd FROM spend_totals
     WHERE (period, period_start) IN (('day', $1::timestamptz), ('month', $2::timestamptz))`,
    [periodAt("day", now).start, periodAt("month", now).start],
  );
  return rows.map((row) => ({
    agentId: row.agent_id,
    period: row.period,
    periodStart: row.period_start,
    spent: row.spent_nano_usd,
  }));
}
