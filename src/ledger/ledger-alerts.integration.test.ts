import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createPool } from "#db.ts";
import type { Budget } from "#domain/budget.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import { createLedgerWriter, type LedgerWriter } from "#ledger/ledger-writer.ts";
import { budgetOf } from "#testing/budgets.ts";
import { callId, settledCall } from "#testing/calls.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

let database: TestDatabase;
let pool: pg.Pool;
let writer: LedgerWriter;
let budgets: Map<number, Budget>;
/** What the gateway knows of spends by itself; null: nothing. */
let liveSpend: bigint | null;
let agentIds: number[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.databaseUrl, { max: 8, onError: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  budgets = new Map();
  liveSpend = null;
  writer = createLedgerWriter(pool, {
    budgetsOf(agentId) {
      const budget = budgets.get(agentId);
      if (budget === undefined) return [];
      const key = budget.key === "agent:1" ? (`agent:${agentId}` as const) : budget.key;
      return [{ budget: { ...budget, key }, agentIds: key === budget.key ? agentsSharing(budget) : [agentId] }];
    },
    spentOf: () => liveSpend,
  });
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO agent_ownership (agent_name, key_hash, key_hint)
     SELECT 'agent-' || number, decode(lpad(number::text, 64, '0'), 'hex'), '' FROM generate_series(1, 3) AS number RETURNING id`,
  );
  agentIds = rows.map((row) => row.id);
});
afterEach(async () => {
  await pool.query("TRUNCATE llm_requests, usage_quarter_hours, usage_days, alerts, agent_ownership CASCADE");
});

const agentsSharing = ({ key }: Budget) =>
  key === "fleet" ? null : [...budgets].filter(([, budget]) => budget.key === key).map(([agentId]) => agentId);

const at = (instant: string) => ({ admittedAt: new Date(instant) });
const call = (number: number, fields: Partial<SettledCall> = {}) =>
  settledCall(number, { agentId: agentIds[0], ...fields });

async function count(table: string): Promise<number> {
  const { rows } = await pool.query(`SELECT count(*) FROM ${table}`);
  return Number(rows[0].count);
}

describe("alerts of a batch", () => {
  const limits = (day: bigint | null, month: bigint | null = null, told: Partial<Budget> = {}): Budget =>
    budgetOf({ ...told, limits: { day, month }, actionOnExceed: "warn" });
  const told = (alerts: Awaited<ReturnType<LedgerWriter["record"]>>) =>
    alerts.map(
      ({ period, thresholdPercent, requestId }) =>
        `${period} ${thresholdPercent} ${Number.parseInt(requestId.slice(-4), 16)}`,
    );

  it("are told once, with the call that crossed, in the order of admission", async () => {
    budgets.set(agentIds[0] ?? 0, limits(10_000_000n, 100_000_000n));
    const calls = [1, 2, 3, 4, 5, 6].map((number) => call(number, at(`2026-11-24T10:00:0${number}Z`)));
    expect(told(await writer.record(calls.toReversed()))).toEqual(["day 50 3", "day 80 4", "day 100 5"]);
    expect(await writer.record(calls)).toEqual([]);
    expect(await count("alerts")).toBe(3);
  });

  it("are told once although the batch is written again, with more", async () => {
    budgets.set(agentIds[0] ?? 0, limits(2_000_000n));
    expect(await writer.record([call(1)])).toHaveLength(3);
    expect(await writer.record([call(1), call(2)])).toEqual([]);
  });

  it("of two days in one batch are told for each day", async () => {
    budgets.set(agentIds[0] ?? 0, { ...limits(2_000_000n), warningThresholds: [100] });
    const [yesterday, today] = [at("2026-11-23T10:00:00Z"), at("2026-11-24T10:00:00Z")];
    expect(told(await writer.record([call(1, yesterday), call(2, today)])).toSorted()).toEqual([
      "day 100 1",
      "day 100 2",
    ]);
    expect(await writer.record([call(3, yesterday), call(4, today)])).toEqual([]);
  });

  it("that are there already for one day are not told again with those of another", async () => {
    budgets.set(agentIds[0] ?? 0, { ...limits(4_000_000n), warningThresholds: [100] });
    await pool.query(
      `INSERT INTO alerts (budget, agent_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd, request_id, crossed_at)
       VALUES ('agent:' || $1::int, $1, 'day', '2026-11-23T00:00:00Z', 100, 4000000, 4000000, $2, now())`,
      [agentIds[0], callId(99)],
    );
    const calls = [1, 2]
      .map((number) => call(number, at("2026-11-23T10:00:00Z")))
      .concat([3, 4].map((number) => call(number, at("2026-11-24T10:00:00Z"))));
    expect(told(await writer.record(calls))).toEqual(["day 100 4"]);
  });

  it("are measured by the limits in force when the call is written", async () => {
    budgets.set(agentIds[0] ?? 0, limits(4_000_000n));
    expect(told(await writer.record([call(1)]))).toEqual(["day 50 1"]);
    budgets.set(agentIds[0] ?? 0, limits(5_000_000n));
    expect(told(await writer.record([call(2)]))).toEqual(["day 50 2", "day 80 2"]);
  });

  it("of a budget that agents share are told of all of them, in its own day", async () => {
    const shared = limits(4_000_000n, null, { key: "pool:1", timeZone: "Asia/Kolkata", warningThresholds: [50, 100] });
    for (const agentId of agentIds.slice(0, 2)) budgets.set(agentId, shared);
    const calls = [
      call(1, at("2026-11-24T18:29:59Z")), // still the day before, there
      call(2, at("2026-11-24T18:30:00Z")),
      call(3, { agentId: agentIds[1], ...at("2026-11-25T10:00:00Z") }),
      call(4, { agentId: agentIds[2], ...at("2026-11-25T11:00:00Z") }),
    ];
    expect(told(await writer.record(calls))).toEqual(["day 50 1", "day 50 2", "day 100 3"]);
    const { rows } = await pool.query("SELECT DISTINCT budget, period_start FROM alerts ORDER BY 2");
    expect(rows).toEqual([
      { budget: "pool:1", period_start: new Date("2026-11-23T18:30:00Z") },
      { budget: "pool:1", period_start: new Date("2026-11-24T18:30:00Z") },
    ]);
  });

  it("of the fleet's month are told of everybody's calls since its first instant", async () => {
    const fleet = limits(null, 8_000_000n, { key: "fleet", timeZone: "America/New_York", warningThresholds: [100] });
    for (const agentId of agentIds) budgets.set(agentId, fleet);
    const instants = ["2026-11-01T03:59:59Z", "2026-11-01T04:00:00Z", "2026-11-15T00:00:00Z", "2026-12-01T04:59:59Z"];
    const calls = instants.map((instant, index) => call(index, { agentId: agentIds[index % 3], ...at(instant) }));
    expect(await writer.record(calls)).toEqual([]);
    expect(told(await writer.record([call(9, at("2026-11-20T00:00:00Z"))]))).toEqual(["month 100 9"]);
  });

  it("are looked for only where the live spend says that one may be new", async () => {
    budgets.set(agentIds[0] ?? 0, limits(2_000_000n));
    liveSpend = 999_999n;
    expect(await writer.record([call(1)])).toEqual([]);
    liveSpend = 4_000_000n;
    expect(await writer.record([call(2)])).toHaveLength(3);
    await pool.query("DELETE FROM alerts");
    expect(await writer.record([call(3)])).toEqual([]);
  });
});
