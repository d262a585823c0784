import type pg from "pg";
import { z } from "zod";

import { BUDGET_ACTIONS, type Budget, type BudgetIncrease, type BudgetKey, RESERVATION_MODES } from "#domain/budget.ts";
import { BUDGET_PERIODS, isTimeZone } from "#domain/period.ts";
import type { RateLimits } from "#domain/rate-window.ts";
import type { AgentLimits } from "#limits/admission.ts";
import type { Log } from "#log.ts";

/** The agents whose limits are asked for; `poolId` null: in none. */
export type LimitedAgent = { id: number; poolId: number | null; pausedAt: Date | null; isRemoved: boolean };

const owner = { scope: z.enum(["agent", "pool", "fleet", "default"]), agent_id: z.int().nullable() };
const pooled = { ...owner, pool_id: z.int().nullable() };

const budgetRow = z.object({
  ...pooled,
  daily_limit_nano_usd: z.bigint().nullable(),
  monthly_limit_nano_usd: z.bigint().nullable(),
  action_on_exceed: z.enum(BUDGET_ACTIONS),
  warning_thresholds: z.array(z.int()),
  follows_default: z.boolean(),
  time_zone: z.string(),
  reservation: z.enum(RESERVATION_MODES),
  hard_stop: z.boolean(),
  pause_on_runaway: z.boolean(),
});
const increaseRow = z.object({
  ...pooled,
  period: z.enum(BUDGET_PERIODS),
  amount_nano_usd: z.bigint(),
  starts_at: z.date(),
  ends_at: z.date(),
});
const rateRow = z.object({
  ...owner,
  requests_per_minute: z.int().nullable(),
  tokens_per_minute: z.bigint().nullable(),
  follows_default: z.boolean(),
});

/** Ended ones count for calls that began before, as long as any call may take. */
const INCREASES = `
SELECT scope, agent_id, pool_id, period, amount_nano_usd, starts_at, ends_at
FROM budget_increases WHERE state = 'granted' AND ends_at > now() - interval '1 day'`;

const BUDGETS = `SELECT ${Object.keys(budgetRow.shape).join(", ")} FROM agent_budgets`;
const RATES = `SELECT ${Object.keys(rateRow.shape).join(", ")} FROM agent_rate_limits`;

/**
 * Reads what limits the agents: of each its own budget, or the default as a budget of its own, its pool's and the fleet's;
 * its rates, or the default ones. Budgets that agents share are one object. Errors: PostgreSQL's own.
 */
export async function readSavedLimits(
  pool: pg.Pool,
  log: Log,
): Promise<(agents: readonly LimitedAgent[]) => Map<number, AgentLimits>> {
  const [budgets, increases, rates] = await Promise.all([
    pool.query(BUDGETS).then(({ rows }) => z.array(budgetRow).parse(rows)),
    pool.query(INCREASES).then(({ rows }) => z.array(increaseRow).parse(rows)),
    pool.query(RATES).then(({ rows }) => z.array(rateRow).parse(rows)),
  ]);
  const increasesByKey = groupIncreases(increases);
  const rules = new Map(budgets.filter((row) => !row.follows_default).map((row) => [keyOf(row), row]));
  const rateRows = new Map(rates.filter((row) => !row.follows_default).map((row) => [row.agent_id, row]));

  const budgetOf = (key: BudgetKey, row: z.infer<typeof budgetRow> | undefined): Budget[] =>
    row === undefined ? [] : [toBudget(key, row, { increases: increasesByKey.get(key) ?? [], log })];
  const fleet = budgetOf("fleet", rules.get("fleet"));
  const pools = new Map<number, Budget[]>();
  const poolOf = (poolId: number) => {
    const key: BudgetKey = `pool:${poolId}`;
    const known = pools.get(poolId) ?? budgetOf(key, rules.get(key));
    pools.set(poolId, known);
    return known;
  };

  return (agents) =>
    new Map(
      agents.map(({ id, poolId, pausedAt, isRemoved }) => {
        const key: BudgetKey = `agent:${id}`;
        const own = isRemoved ? [] : budgetOf(key, rules.get(key) ?? rules.get("default"));
        const shared = [...(poolId === null ? [] : poolOf(poolId)), ...fleet];
        const rateLimit = toRateLimits(rateRows.get(id) ?? rateRows.get(null));
        return [id, { budgets: [...own, ...shared], pausedAt, rateLimit, isRemoved }];
      }),
    );
}

function keyOf(row: { scope: string; agent_id: number | null; pool_id: number | null }): BudgetKey | "default" {
  if (row.agent_id !== null) return `agent:${row.agent_id}`;
  if (row.pool_id !== null) return `pool:${row.pool_id}`;
  return row.scope === "fleet" ? "fleet" : "default";
}

function groupIncreases(rows: readonly z.infer<typeof increaseRow>[]): Map<string, BudgetIncrease[]> {
  const byKey = new Map<string, BudgetIncrease[]>();
  for (const row of rows) {
    const { period, amount_nano_usd: amount, starts_at: startsAt, ends_at: endsAt } = row;
    byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), { period, amount, startsAt, endsAt }]);
  }
  return byKey;
}

function toBudget(
  key: BudgetKey,
  row: z.infer<typeof budgetRow>,
  { increases, log }: { increases: readonly BudgetIncrease[]; log: Log },
): Budget {
  const isKnownZone = isTimeZone(row.time_zone);
  if (!isKnownZone)
    log.error({ budget: key, timeZone: row.time_zone }, "A time zone is not known; UTC is used instead");
  return {
    key,
    limits: { day: row.daily_limit_nano_usd, month: row.monthly_limit_nano_usd },
    actionOnExceed: row.action_on_exceed,
    warningThresholds: row.warning_thresholds,
    timeZone: isKnownZone ? row.time_zone : "UTC",
    reservation: row.reservation,
    hardStop: row.hard_stop,
    pauseOnRunaway: row.pause_on_runaway,
    increases,
  };
}

function toRateLimits(row: z.infer<typeof rateRow> | undefined): RateLimits | null {
  if (row === undefined) return null;
  const tokens = row.tokens_per_minute;
  return { requestsPerMinute: row.requests_per_minute, tokensPerMinute: tokens === null ? null : Number(tokens) };
}
