import { afterAll, beforeAll, expect, it } from "vitest";

import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { readMetrics } from "#telemetry/read-metrics.ts";
import { writeReports } from "#telemetry/telemetry-writer.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";
import { metricsExport, type SentPoint } from "#testing/telemetry.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
let portal: TestPortal;
beforeAll(async () => {
  portal = await createTestPortal(NOW);
});
afterAll(() => portal.close());

function report(agentId: number, at: string, ...sent: Pick<SentPoint, "metric" | "attributes" | "value">[]) {
  const timeNano = BigInt(Date.parse(at)) * 1_000_000n;
  const { points, events } = readMetrics(metricsExport(sent.map((point) => ({ ...point, timeNano }))), NOW);
  return writeReports(portal.pool, [{ agentId, points, events }]);
}

it("compares the three counts by day, with reasons, and divides the cost by the work", async () => {
  const agent = await portal.addAgent("builder");
  const usd = (value: number) => ({ metric: "claude_code.cost.usage", attributes: { model: "m" }, value });
  await report(agent.id, "2026-03-14T23:59:00Z", usd(2));
  const lines = (type: string, value: number) => ({
    metric: "claude_code.lines_of_code.count",
    attributes: { type },
    value,
  });
  await report(agent.id, "2026-03-15T11:00:00Z", usd(1), lines("added", 40), lines("removed", 10));
  const admittedAt = new Date("2026-03-15T11:00:00Z");
  await portal.record({ agentId: agent.id, admittedAt, listCost: 1_000_000_000n });
  const callId = (await portal.pool.query("SELECT id FROM llm_requests WHERE agent_id = $1", [agent.id])).rows[0].id;
  const call = { name: "api_request", at: admittedAt, model: "m", amounts: [] };
  const event = (digit: string, cost: bigint, id: string | null) => ({
    ...call,
    event: digit.repeat(32),
    cost,
    callId: id,
  });
  const events = [event("a", 880_000_000n, callId), event("b", 120_000_000n, null)];
  await writeReports(portal.pool, [{ agentId: agent.id, points: [], events }]);
  await portal.pool.query("INSERT INTO helicone_day_checks VALUES ($1, now(), now(), $2, '[]')", [
    "2026-03-15",
    JSON.stringify([{ agentName: "builder", heliconeCostNanoUsd: "950000000" }]),
  ]);

  const told = await portal.platform.telemetryReports.of(agent, 7);
  expect(told.days).toHaveLength(7);
  expect(told.days[0]).toEqual({
    dayStart: new Date("2026-03-15T00:00:00Z"),
    ledger: 1_000_000_000n,
    helicone: 950_000_000n,
    drift: {
      reported: 1_000_000_000n,
      difference: 0n,
      reasons: [
        { reason: "unrouted", amount: 120_000_000n },
        { reason: "unreported", amount: 120_000_000n },
      ],
    },
  });
  expect(told.days[1]?.drift).toEqual({
    reported: 2_000_000_000n,
    difference: 2_000_000_000n,
    reasons: [{ reason: "unrouted", amount: 2_000_000_000n }],
  });
  expect(told).toMatchObject({ reported: 3_000_000_000n, unrouted: 2_120_000_000n, unroutedPercent: 70 });
  expect(told.work).toMatchObject({ cost: 3_000_000_000n, linesAdded: 40, linesRemoved: 10, commits: 0 });
});

it("knows nothing of an agent that reports nothing", async () => {
  const agent = await portal.addAgent("silent");
  const told = await portal.platform.telemetryReports.of(agent, 7);
  expect(told).toMatchObject({ hasReports: false, reported: 0n, unroutedPercent: 0 });
  expect(told.days.every((day) => day.drift === null && day.helicone !== undefined)).toBe(true);
});

it("counts what an agent spends past the gateway: in lists, and in its budget", async () => {
  const admin = await portal.addPerson("Ada", "admin");
  const agent = await portal.addAgent("roamer");
  await portal.pool.query("UPDATE agent_ownership SET routing = 'direct' WHERE id = $1", [agent.id]);
  await portal.pool.query(
    "INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, action_on_exceed, updated_by) VALUES ($1, 1000000000, 'block', 'test')",
    [agent.id],
  );
  const usd = (value: number) => ({ metric: "claude_code.cost.usage", attributes: { model: "m" }, value });
  await report(agent.id, "2026-03-14T10:00:00Z", usd(4));
  await report(agent.id, "2026-03-15T10:00:00Z", usd(0.75));
  const caller = createCallerFactory(appRouter)(admin.context);
  const detail = await caller.agents.get({ agentName: "roamer" });
  expect(detail).toMatchObject({ today: 750_000_000n, month: 4_750_000_000n, lastSeenAt: null });
  expect(detail.budget).toMatchObject({ state: "ok", day: { spent: 750_000_000n }, month: { spent: 4_750_000_000n } });

  await report(agent.id, "2026-03-15T11:30:00Z", usd(0.25));
  expect((await caller.agents.get({ agentName: "roamer" })).budget.state).toBe("blocked");

  // Routed again, what is reported is what the gateway counts anyway.
  await portal.pool.query("UPDATE agent_ownership SET routing = 'gateway' WHERE id = $1", [agent.id]);
  await report(agent.id, "2026-03-15T11:45:00Z", usd(9));
  expect((await caller.agents.get({ agentName: "roamer" })).today).toBe(1_000_000_000n);
});
