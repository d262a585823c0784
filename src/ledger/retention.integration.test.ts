import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { AgentRecord } from "#agents/agents.ts";
import { createPool } from "#db.ts";
import { pruneCalls } from "#ledger/prune-calls.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const DAY_MS = 86_400_000;
const SUMS = [
  "usage_quarter_hours",
  "usage_days",
  "fleet_quarter_hours",
  "fleet_durations",
  "agent_durations",
  "session_sums",
];

let portal: TestPortal;
let admin: TestPerson;
let agent: AgentRecord;
let databaseUrl: string;
beforeAll(async () => {
  portal = await createTestPortal(NOW);
  admin = await portal.addPerson("Ada", "admin");
  agent = await portal.addAgent("builder");
  const { rows } = await portal.pool.query<{ name: string }>("SELECT current_database() AS name");
  const url = new URL(process.env.TEST_DATABASE_SERVER ?? "");
  url.pathname = rows[0]?.name ?? "";
  databaseUrl = url.href;
});
beforeEach(() => portal.pool.query("DELETE FROM llm_requests"));
afterAll(() => portal.close());

const caller = () => createCallerFactory(appRouter)(admin.context).retention;
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS);
const call = (admittedAt: Date) => ({ agentId: agent.id, admittedAt, listCost: 7n, sessionId: "s1" });
const callsNow = async () =>
  (await portal.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM llm_requests")).rows[0]?.n;

async function allSums(): Promise<unknown[]> {
  const read = async (table: string) => (await portal.pool.query(`SELECT * FROM ${table} AS t ORDER BY t::text`)).rows;
  return Promise.all(SUMS.map(read));
}

const prune = (before: Date, batch?: number) =>
  pruneCalls({
    databaseUrl,
    since: async () => before,
    isStopped: () => false,
    onError: () => undefined,
    ...(batch === undefined ? {} : { batch }),
  });

it("calls from before the instant go, in batches, with what waits for Helicone; later ones, sums and alerts stay", async () => {
  await portal.record(...[100, 90, 80, 70, 60, 30, 1].map((days) => call(daysAgo(days))));
  await portal.pool.query("INSERT INTO helicone_outbox (request_id, content) SELECT id, 'metadata' FROM llm_requests");
  await portal.pool.query(
    `INSERT INTO alerts (budget, agent_id, request_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd, crossed_at)
     SELECT 'agent:' || agent_id, agent_id, id, 'day', date_trunc('day', admitted_at, 'UTC'), 50, 10, 7, admitted_at
     FROM llm_requests ORDER BY admitted_at LIMIT 1`,
  );
  const before = await allSums();
  expect(await prune(daysAgo(60), 2)).toBe(4);

  expect(await callsNow()).toBe(3);
  const { rows } = await portal.pool.query<{ oldest: Date; waiting: number; alerts: number }>(
    `SELECT min(admitted_at) AS oldest, (SELECT count(*)::int FROM helicone_outbox) AS waiting,
       (SELECT count(*)::int FROM alerts) AS alerts FROM llm_requests`,
  );
  expect(rows[0]).toEqual({ oldest: daysAgo(60), waiting: 3, alerts: 1 });
  expect(await allSums()).toEqual(before);
  expect(JSON.stringify(before, (_, value) => (typeof value === "bigint" ? String(value) : value))).toContain('"49"');
});

it("the ledger is written meanwhile, and none of what it writes is lost", async () => {
  await portal.record(
    ...Array.from({ length: 300 }, (_, minute) => call(new Date(daysAgo(90).getTime() + minute * 60_000))),
  );
  const pruning = prune(daysAgo(60), 50);
  let written = 0;
  let isOver = false;
  void pruning.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await portal.record(call(NOW), call(NOW));
    written += 2;
  }
  expect(await pruning).toBe(300);
  expect(written).toBeGreaterThan(10);
  expect(await callsNow()).toBe(written);
});

it("a row that somebody holds is left for the next time, and nobody waits for it", async () => {
  await portal.record(call(daysAgo(90)), call(daysAgo(80)));
  const pool = createPool(databaseUrl, { max: 1, onError: () => undefined });
  const holder = await pool.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT id FROM llm_requests ORDER BY admitted_at LIMIT 1 FOR UPDATE");
  expect(await prune(daysAgo(60))).toBe(1);
  await holder.query("ROLLBACK");
  holder.release();
  await pool.end();
  expect(await prune(daysAgo(60))).toBe(1);
});

it("two portals do not both remove calls", async () => {
  await portal.record(call(daysAgo(90)));
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let hasBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    hasBegun = resolve;
  });
  const first = pruneCalls({
    databaseUrl,
    async since() {
      hasBegun();
      await held;
      return daysAgo(60);
    },
    isStopped: () => false,
    onError: () => undefined,
  });
  await begun;
  expect(await prune(daysAgo(60))).toBeNull();
  letGo();
  expect(await first).toBe(1);
});

it("400 days are kept until an admin says otherwise, which is in the audit log and holds at once", async () => {
  await portal.record(call(daysAgo(500)), call(daysAgo(100)), call(daysAgo(10)));
  expect(await caller().get()).toEqual({
    keptDays: 400,
    since: new Date("2025-02-08T00:00:00.000Z"),
    oldest: daysAgo(500),
    older: { count: 1, isMore: false },
  });
  expect(await caller().preview({ keptDays: 40 })).toEqual({ count: 2, isMore: false });
  await expect(caller().set({ keptDays: 39 })).rejects.toThrow("from 40 to 3,650");
  await caller().set({ keptDays: 40 });
  await portal.platform.pruning.run();
  expect(await callsNow()).toBe(1);
  expect(await caller().get()).toMatchObject({ keptDays: 40, oldest: daysAgo(10), older: { count: 0 } });

  await caller().set({ keptDays: null });
  expect(await caller().get()).toMatchObject({ keptDays: null, since: null });
  expect((await portal.audit()).filter(({ action }) => action === "retention.set")).toEqual([
    {
      actor_name: "Ada",
      action: "retention.set",
      subject: "calls",
      before: { keptDays: 400 },
      after: { keptDays: 40 },
    },
    {
      actor_name: "Ada",
      action: "retention.set",
      subject: "calls",
      before: { keptDays: 40 },
      after: { keptDays: null },
    },
  ]);
});

it("while calls are kept for ever none goes", async () => {
  await portal.record(call(daysAgo(3_000)));
  await caller().set({ keptDays: null });
  expect(await portal.platform.pruning.run()).toBe(0);
  expect(await callsNow()).toBe(1);
});
