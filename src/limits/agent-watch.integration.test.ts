import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { createPool } from "#db.ts";
import { REPETITIONS_MIN } from "#domain/repetition.ts";
import { type AgentWatch, watchAgents } from "#limits/agent-watch.ts";
import { callId, SILENT } from "#testing/calls.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

const NOW = new Date("2026-11-24T10:25:00Z");
const QUARTER_MS = 15 * 60_000;
const DOLLAR = 1_000_000_000n;

let database: TestDatabase;
let pool: pg.Pool;
let watch: AgentWatch;
let agentId: number;
let pauses: boolean;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.databaseUrl, { max: 4, onError: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  pauses = false;
  watch = watchAgents({ pool, log: SILENT, pausesOnRunaway: () => pauses });
  const insert =
    "INSERT INTO agent_ownership (agent_name, key_hash, key_hint) VALUES ('builder', '\\x01', '') RETURNING id";
  agentId = (await pool.query<{ id: number }>(insert)).rows[0]?.id ?? 0;
});
afterEach(async () => {
  await watch.stop();
  await pool.query("TRUNCATE usage_quarter_hours, alerts, audit_log, agent_ownership CASCADE");
});

/** Spending in the quarter hour that lies so many before the current one. */
async function spend(cost: bigint, quartersAgo = 0): Promise<void> {
  const start = new Date(Math.floor(NOW.getTime() / QUARTER_MS) * QUARTER_MS - quartersAgo * QUARTER_MS);
  await pool.query(
    `INSERT INTO usage_quarter_hours (agent_id, bucket_start, model, requests, failed, refused, estimated, cost_nano_usd, input_tokens,
       output_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens, cache_creation_1h_input_tokens, web_search_requests)
     VALUES ($1, $2, 'm' || random(), 1, 0, 0, 0, $3, 0, 0, 0, 0, 0, 0)`,
    [agentId, start, cost.toString()],
  );
}
async function livedQuietly(): Promise<void> {
  for (let quarter = 2; quarter < 150; quarter += 1) await spend(DOLLAR / 4n, quarter);
}
const alerts = async () =>
  (await pool.query("SELECT budget, agent_id, kind, period_start, request_id, detail FROM alerts ORDER BY id")).rows;
const pauseOf = async () =>
  (await pool.query("SELECT paused_at, paused_by, pause_reason FROM agent_ownership WHERE id = $1", [agentId])).rows[0];
const audit = async () => (await pool.query("SELECT actor_name, action, subject, before, after FROM audit_log")).rows;

describe("spending against the agent's own habit", () => {
  it("an alarm is one alert with its numbers, once an hour, and pauses nobody who is not to be paused", async () => {
    await livedQuietly();
    await spend(2n * DOLLAR, 1);
    await spend(3n * DOLLAR);
    await watch.compareSpending(NOW);
    await watch.compareSpending(new Date(NOW.getTime() + 30_000));
    expect(await alerts()).toEqual([
      {
        budget: `agent:${agentId}`,
        agent_id: agentId,
        kind: "runaway",
        period_start: new Date("2026-11-24T10:00:00Z"),
        request_id: null,
        detail: { pace: { windowMinutes: 25, spent: "5000000000", usual: "500000000" }, isPaused: false },
      },
    ]);
    expect(await pauseOf()).toEqual({ paused_at: null, paused_by: null, pause_reason: null });
    expect(await audit()).toEqual([]);
  });

  it("pauses the agent where its budget says so, in the same step as the alert and the audit log", async () => {
    pauses = true;
    await livedQuietly();
    await spend(5n * DOLLAR);
    await watch.compareSpending(NOW);
    expect((await alerts())[0].detail.isPaused).toBe(true);
    const reason = "It was spending far faster than usual.";
    expect(await pauseOf()).toEqual({ paused_at: NOW, paused_by: "Trinity", pause_reason: reason });
    expect(await audit()).toEqual([
      {
        actor_name: "Trinity",
        action: "agent.pause",
        subject: "agent:builder",
        before: { paused: false },
        after: { paused: true, reason },
      },
    ]);
  });

  it("who resumes it has an hour before the next alarm, also when a new hour begins", async () => {
    pauses = true;
    await livedQuietly();
    await spend(5n * DOLLAR);
    await watch.compareSpending(NOW);
    await pool.query("UPDATE agent_ownership SET paused_at = NULL WHERE id = $1", [agentId]);
    await spend(9n * DOLLAR, -2);
    await watch.compareSpending(new Date(NOW.getTime() + 40 * 60_000));
    expect([(await alerts()).length, (await pauseOf()).paused_at]).toEqual([1, null]);
    await watch.compareSpending(new Date(NOW.getTime() + 60 * 60_000));
    expect((await alerts()).length).toBe(1);
    await spend(9n * DOLLAR, -4);
    await watch.compareSpending(new Date(NOW.getTime() + 61 * 60_000));
    expect((await alerts()).length).toBe(2);
  });

  it("an agent somebody has paused keeps that pause", async () => {
    pauses = true;
    await pool.query("UPDATE agent_ownership SET paused_at = '2026-11-24T09:00Z', paused_by = 'Ada' WHERE id = $1", [
      agentId,
    ]);
    await livedQuietly();
    await spend(5n * DOLLAR);
    await watch.compareSpending(NOW);
    expect(await pauseOf()).toMatchObject({ paused_by: "Ada", pause_reason: null });
    expect(await audit()).toEqual([]);
  });

  it("an agent without a history, a removed one and one within its habit raise none", async () => {
    await spend(50n * DOLLAR);
    await watch.compareSpending(NOW);
    await livedQuietly();
    await pool.query("UPDATE agent_ownership SET removed_at = now() WHERE id = $1", [agentId]);
    await watch.compareSpending(NOW);
    await pool.query("UPDATE agent_ownership SET removed_at = NULL WHERE id = $1", [agentId]);
    await pool.query("DELETE FROM usage_quarter_hours WHERE cost_nano_usd > 1000000000");
    await spend(DOLLAR);
    await watch.compareSpending(NOW);
    expect(await alerts()).toEqual([]);
  });
});

describe("the same request again and again", () => {
  const note = (times: number, fingerprint = (_time: number) => 7) => {
    for (let time = 1; time <= times; time += 1) {
      const admittedAt = new Date(NOW.getTime() + time * 1_000);
      watch.noteRequest({ id: callId(time), agentId, admittedAt, fingerprint: fingerprint(time) });
    }
  };

  it("raises one alert at the call that makes it so, and pauses where the budget says so", async () => {
    pauses = true;
    note(REPETITIONS_MIN + 10);
    await vi.waitFor(async () => expect(await alerts()).toHaveLength(1));
    expect(await alerts()).toMatchObject([
      {
        budget: `agent:${agentId}`,
        kind: "repetition",
        request_id: callId(REPETITIONS_MIN),
        detail: { repeats: { windowMinutes: 10, count: REPETITIONS_MIN }, isPaused: true },
      },
    ]);
    expect(await pauseOf()).toMatchObject({
      paused_by: "Trinity",
      pause_reason: "It sent the same request again and again.",
    });
    expect(await audit()).toHaveLength(1);
  });

  it("not before, and not for requests that differ", async () => {
    note(REPETITIONS_MIN - 1);
    note(50, (time) => 100 + time);
    await watch.stop();
    expect(await alerts()).toEqual([]);
  });
});

it("a database that is away costs a line in the log, and nothing else", async () => {
  const closed = createPool(database.databaseUrl, { max: 1, onError: () => undefined });
  await closed.end();
  const blind = watchAgents({ pool: closed, log: SILENT, pausesOnRunaway: () => true });
  for (let time = 0; time < 40; time += 1) {
    blind.noteRequest({ id: callId(time), agentId, admittedAt: NOW, fingerprint: 1 });
  }
  await blind.stop();
  expect(await alerts()).toEqual([]);
});
