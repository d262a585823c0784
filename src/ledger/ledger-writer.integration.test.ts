import fc from "fast-check";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createPool } from "#db.ts";
import { CALL_OUTCOMES, type SettledCall } from "#ledger/call-record.ts";
import { createLedgerWriter, type LedgerWriter } from "#ledger/ledger-writer.ts";
import { callId, settledCall } from "#testing/calls.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";
import { ledgerDifferences } from "#testing/ledger-sums.ts";

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
  await pool.query(
    "TRUNCATE llm_requests, usage_quarter_hours, usage_days, fleet_quarter_hours, fleet_durations, session_sums, alerts, agent_ownership CASCADE",
  );
});

const at = (instant: string) => ({ admittedAt: new Date(instant) });
const call = (number: number, fields: Partial<SettledCall> = {}) =>
  settledCall(number, { agentId: agentIds[0], ...fields });

async function count(table: string): Promise<number> {
  const { rows } = await pool.query(`SELECT count(*) FROM ${table}`);
  return Number(rows[0].count);
}

async function spendOf(agentId: number | undefined): Promise<[string, bigint][]> {
  const text = "SELECT day_start, cost_nano_usd FROM usage_days WHERE agent_id = $1 ORDER BY day_start";
  const { rows } = await pool.query(text, [agentId]);
  return rows.map((row) => [row.day_start.toISOString().slice(0, 10), row.cost_nano_usd]);
}

describe("recording calls", () => {
  it("keeps every field of a call as it is, up to the largest amounts and counts", async () => {
    const full = call(1, {
      listCost: 9_223_372_036_854_775n,
      sessionId: "é😀\u2028",
      subagentId: "s",
      promptId: "p",
      errorType: "e",
      cacheReadInputTokens: 100_000_000,
      cacheCreation5mInputTokens: 0,
      cacheCreation1hInputTokens: 7,
      webSearchRequests: 3,
      isEstimated: true,
    });
    await writer.record([
      full,
      call(2, { inputTokens: null, outputTokens: null, latencyMs: null, status: null, upstreamRequestId: null }),
    ]);
    const { rows } = await pool.query("SELECT * FROM llm_requests ORDER BY id");
    expect(rows[0]).toMatchObject({
      id: callId(1),
      admitted_at: full.admittedAt,
      cost_nano_usd: 9_223_372_036_854_775n,
      session_id: "é😀\u2028",
      cache_read_input_tokens: 100_000_000,
      cache_creation_5m_input_tokens: 0,
      cache_creation_1h_input_tokens: 7,
      web_search_requests: 3,
      streamed: true,
      is_estimated: true,
    });
    expect(rows[1]).toMatchObject({
      input_tokens: null,
      output_tokens: null,
      latency_ms: null,
      status: null,
      upstream_request_id: null,
    });
    expect(await ledgerDifferences(pool)).toEqual([]);
  });

  it("counts a call once, however often it is written: alone, in a batch, twice in one batch, by several at once", async () => {
    const calls = [call(1), call(2), call(3)];
    await writer.record([call(1)]);
    await writer.record([...calls, ...calls]);
    await Promise.all(Array.from({ length: 6 }, () => writer.record(calls)));
    expect(await count("llm_requests")).toBe(3);
    expect(await spendOf(agentIds[0])).toEqual([["2026-11-24", 6_000_000n]]);
    expect(await ledgerDifferences(pool)).toEqual([]);
  });

  it("puts each call into the day and quarter hour of its admission, in UTC", async () => {
    await writer.record([
      call(1, at("2026-11-30T23:59:59.999Z")),
      call(2, at("2026-12-01T00:00:00.000Z")),
      call(3, at("2026-12-01T00:14:59.999Z")),
      call(4, at("2026-12-01T00:15:00.000Z")),
    ]);
    expect(await spendOf(agentIds[0])).toEqual([
      ["2026-11-30", 2_000_000n],
      ["2026-12-01", 6_000_000n],
    ]);
    const { rows } = await pool.query("SELECT bucket_start, requests FROM usage_quarter_hours ORDER BY 1");
    expect(rows.map((row) => [row.bucket_start.toISOString().slice(5, 16), row.requests])).toEqual([
      ["11-30T23:45", 1n],
      ["12-01T00:00", 2n],
      ["12-01T00:15", 1n],
    ]);
  });

  it("writes nothing of a batch that has one call PostgreSQL does not take", async () => {
    for (const broken of [
      { agentId: 999_999 },
      { listCost: -1n },
      { listCost: 2n ** 63n },
      { model: "\0" },
      { inputTokens: 2 ** 31 },
    ]) {
      await expect(writer.record([call(1), call(2, broken)])).rejects.toMatchObject({
        code: expect.stringMatching(/^2[23]/),
      });
      expect([await count("llm_requests"), await count("usage_days")]).toEqual([0, 0]);
    }
  });

  it("leaves no connection behind, whatever fails", async () => {
    for (let round = 0; round < 12; round += 1)
      await writer.record([call(1, { agentId: 999_999 })]).catch(() => undefined);
    expect(await writer.record([])).toEqual([]);
    await writer.record([call(1)]);
    expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
  });

  it("keeps every sum equal to its rows, for any calls in any batches", async () => {
    const calls = fc.record({
      number: fc.nat(30),
      agent: fc.nat(2),
      minutes: fc.nat(3 * 24 * 60),
      outcome: fc.constantFrom(...CALL_OUTCOMES),
      listCost: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      inputTokens: fc.option(fc.nat(100_000_000), { nil: null }),
      model: fc.constantFrom("a", "b"),
      isEstimated: fc.boolean(),
      latencyMs: fc.option(fc.nat(700_000), { nil: null }),
      firstByteMs: fc.option(fc.nat(2_000), { nil: null }),
    });
    const batches = fc.array(fc.array(calls, { maxLength: 12 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        for (const batch of all) {
          await writer.record(
            batch.map(({ number, agent, minutes, ...fields }) =>
              call(number, {
                ...fields,
                agentId: agentIds[agent],
                admittedAt: new Date(Date.UTC(2026, 10, 29) + minutes * 60_000),
              }),
            ),
          );
        }
        expect(await ledgerDifferences(pool)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

describe("who listens hears of it", () => {
  it("the agents of a batch, once it is in the ledger; nobody of a batch that changes nothing", async () => {
    const listener = await pool.connect();
    const heard: string[] = [];
    listener.on("notification", (message) => heard.push(message.payload ?? ""));
    await listener.query("LISTEN ledger");
    await writer.record([call(1), call(2, { agentId: agentIds[2] })]);
    await writer.record([call(1)]);
    await listener.query("SELECT 1");
    listener.release(true);
    expect(heard.map((payload) => JSON.parse(payload).agentIds.toSorted())).toEqual([
      [agentIds[0], agentIds[2]].toSorted(),
    ]);
  });
});

describe("what Helicone is to be told", () => {
  const outbox = async () => {
    const { rows } = await pool.query(
      "SELECT request_id AS id, content, state FROM helicone_outbox ORDER BY request_id",
    );
    return rows;
  };

  it("is there if and only if the call is: once, as it was promised, in doubt where Helicone may have seen it", async () => {
    await writer.record([
      call(1, { helicone: "metadata" }),
      call(2, { helicone: "full" }),
      call(3, { helicone: null }),
      call(4, { helicone: "ask-first" }),
    ]);
    const due = [
      { id: callId(1), content: "metadata", state: "due" },
      { id: callId(2), content: "full", state: "due" },
      { id: callId(4), content: "metadata", state: "unsure" },
    ];
    expect(await outbox()).toEqual(due);
    await writer.record([call(2, { helicone: "full" }), call(2, { helicone: "full" })]);
    expect(await outbox()).toEqual(due);
    const broken = [call(5, { helicone: "full" }), call(6, { helicone: "full", inputTokens: 2 ** 31 })];
    await expect(writer.record(broken)).rejects.toMatchObject({ code: "22003" });
    expect(await outbox()).toEqual(due);
  });

  it("does not come back when it has been told, however often its call is written again", async () => {
    await writer.record([call(1, { helicone: "metadata" })]);
    await pool.query("DELETE FROM helicone_outbox");
    await writer.record([call(1, { helicone: "metadata" }), call(2)]);
    expect(await outbox()).toEqual([]);
  });
});
