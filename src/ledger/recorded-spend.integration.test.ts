import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createPool } from "#db.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import { createLedgerWriter, type LedgerWriter } from "#ledger/ledger-writer.ts";
import { readRecordedSpend } from "#ledger/recorded-spend.ts";
import { settledCall } from "#testing/calls.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

let database: TestDatabase;
let pool: pg.Pool;
let writer: LedgerWriter;
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
  writer = createLedgerWriter(pool, { budgetsOf: () => [], spentOf: () => null });
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO agent_ownership (agent_name, key_hash, key_hint)
     SELECT 'agent-' || number, decode(lpad(number::text, 64, '0'), 'hex'), '' FROM generate_series(1, 3) AS number RETURNING id`,
  );
  agentIds = rows.map((row) => row.id);
});
afterEach(async () => {
  await pool.query("TRUNCATE llm_requests, usage_quarter_hours, usage_days, alerts, agent_ownership CASCADE");
});

const at = (instant: string) => ({ admittedAt: new Date(instant) });
const call = (number: number, fields: Partial<SettledCall> = {}) =>
  settledCall(number, { agentId: agentIds[0], ...fields });

describe("the spend a gateway starts with", () => {
  it("is every agent's, by quarter hours on the days that matter so much, by days on the others", async () => {
    const [first = 0, second = 0] = agentIds;
    await writer.record([
      call(1, at("2026-11-24T00:00:00Z")),
      call(2, { model: "other", ...at("2026-11-24T00:14:59.999Z") }),
      call(3, at("2026-11-24T00:15:00Z")),
      call(4, at("2026-11-10T12:00:00Z")),
      call(5, at("2026-11-10T18:00:00Z")),
      call(6, at("2026-10-09T23:59:59.999Z")),
      call(7, { agentId: second, ...at("2026-11-01T00:00:00Z") }),
    ]);
    const days = ["2026-11-24T00:00:00Z", "2026-11-01T00:00:00Z"].map((day) => Date.parse(day));
    const spend = await readRecordedSpend(pool, { startMs: Date.parse("2026-10-10T00:00:00Z"), fineDays: days });
    const part = (agentId: number, grain: string, start: string, cost: bigint) => ({
      agentId,
      grain,
      startMs: Date.parse(start),
      cost,
    });
    expect(spend.toSorted((a, b) => b.startMs - a.startMs)).toEqual([
      part(first, "quarter", "2026-11-24T00:15:00Z", 2_000_000n),
      part(first, "quarter", "2026-11-24T00:00:00Z", 4_000_000n),
      part(first, "day", "2026-11-10T00:00:00Z", 4_000_000n),
      part(second, "quarter", "2026-11-01T00:00:00Z", 2_000_000n),
    ]);
  });

  it("is nothing where there were no calls", async () => {
    expect(await readRecordedSpend(pool, { startMs: 0, fineDays: [0] })).toEqual([]);
  });
});
