import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { readMetrics } from "#telemetry/read-metrics.ts";
import { writeReports } from "#telemetry/telemetry-writer.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";
import { metricsExport } from "#testing/telemetry.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const USD = 1_000_000_000n;
let portal: TestPortal;
let agent: AgentRecord;
beforeAll(async () => {
  portal = await createTestPortal(NOW);
  agent = await portal.addAgent("builder");
});
afterAll(() => portal.close());
afterEach(async () => {
  portal.time.now = NOW;
  await portal.pool.query("TRUNCATE alerts, telemetry_days, telemetry_series, telemetry_events, usage_days CASCADE");
  await portal.pool.query("UPDATE agent_ownership SET routing = 'gateway', removed_at = NULL");
});

/** What Claude Code reports to have spent, in dollars. */
async function report(at: string, value: number): Promise<void> {
  const timeNano = BigInt(Date.parse(at)) * 1_000_000n;
  const point = { metric: "claude_code.cost.usage", attributes: { model: "m" }, value, timeNano };
  const { points, events } = readMetrics(metricsExport([point]), portal.time.now);
  await writeReports(portal.pool, [{ agentId: agent.id, points, events }]);
}
const pass = (at: string, listCost: bigint) => portal.record({ agentId: agent.id, admittedAt: new Date(at), listCost });
const look = async (times = 2) => {
  for (let time = 0; time < times; time += 1) await portal.platform.unroutedAlerts.look();
};
const alerts = async () =>
  (await portal.pool.query("SELECT kind, budget, agent_id, period, period_start, crossed_at, detail FROM alerts")).rows;

describe("cost that did not pass the gateway", () => {
  it("of yesterday and today is told once for each day", async () => {
    await pass("2026-03-14T10:00:00Z", 2n * USD);
    await report("2026-03-14T10:00:00Z", 3);
    await pass("2026-03-15T10:00:00Z", 8_800_000_000n);
    await report("2026-03-15T10:00:00Z", 10);
    await look(4);
    const row = (period_start: string, amount: string, reported: string) => ({
      kind: "unrouted",
      budget: `agent:${agent.id}`,
      agent_id: agent.id,
      period: "day",
      period_start: new Date(period_start),
      crossed_at: NOW,
      detail: { unrouted: { amount, reported } },
    });
    expect(await alerts()).toEqual([
      row("2026-03-14T00:00:00Z", "1000000000", "3000000000"),
      row("2026-03-15T00:00:00Z", "1200000000", "10000000000"),
    ]);
  });

  it("is on the alerts' page and the bell of its owner, and leads to where it can be seen", async () => {
    const [owner, other] = [await portal.addPerson("Olga"), await portal.addPerson("Otto")];
    await portal.pool.query("UPDATE agent_ownership SET owner_id = $1", [owner.actor.userId]);
    await portal.pool.query("UPDATE users SET created_at = $1", [new Date("2026-03-01T00:00:00Z")]);
    await pass("2026-03-15T10:00:00Z", 8_800_000_000n);
    await report("2026-03-15T10:00:00Z", 10);
    await look();
    const caller = createCallerFactory(appRouter)(owner.context);
    const { alerts: seen } = await caller.alerts.list({ kind: "unrouted" });
    expect(seen.map(({ facts, isUnread }) => [facts.kind, facts.agentName, facts.detail.unrouted, isUnread])).toEqual([
      ["unrouted", "builder", { amount: 1_200_000_000n, reported: 10_000_000_000n }, true],
    ]);
    expect(await portal.platform.alerts.unread(owner.actor)).toMatchObject({ count: 1 });
    expect(await portal.platform.alerts.unread(other.actor)).toMatchObject({ count: 0 });
  });

  it("is not told where the call is in the ledger by the next look", async () => {
    await report("2026-03-15T10:00:00Z", 10);
    await look(1);
    await pass("2026-03-15T10:00:00Z", 10n * USD);
    await look(3);
    expect(await alerts()).toEqual([]);
  });

  it("is told call by call where calls are reported, whatever the sums of the day are", async () => {
    await pass("2026-03-15T10:00:00Z", 10n * USD);
    const call = { name: "api_request", at: new Date("2026-03-15T11:00:00Z"), model: "m", callId: null };
    const amounts = [{ measure: "event_cost", detail: "m", amount: 2n * USD }];
    const events = [{ ...call, event: "a".repeat(32), cost: 2n * USD, amounts }];
    await writeReports(portal.pool, [{ agentId: agent.id, points: [], events }]);
    await look();
    expect((await alerts()).map(({ detail }) => detail)).toEqual([
      { unrouted: { amount: "2000000000", reported: "2000000000" } },
    ]);
  });

  it.each([
    ["less than a tenth", 9.5, 8_600_000_000n],
    ["less than half a dollar", 0.49, 0n],
    ["what the ledger has as well", 3, 4n * USD],
  ])("is not told of %s", async (_name, reported, ledger) => {
    await pass("2026-03-15T10:00:00Z", ledger);
    await report("2026-03-15T10:00:00Z", reported);
    await look();
    expect(await alerts()).toEqual([]);
  });

  it.each([
    ["goes past it by choice", "routing = 'direct'"],
    ["goes by Helicone by choice", "routing = 'helicone'"],
    ["is removed", "removed_at = now()"],
  ])("is not told of an agent that %s", async (_name, change) => {
    await report("2026-03-15T10:00:00Z", 3);
    await portal.pool.query(`UPDATE agent_ownership SET ${change}`);
    await look();
    expect(await alerts()).toEqual([]);
  });

  it("leaves out what was reported while the agent was meant to go past it", async () => {
    await portal.pool.query("UPDATE agent_ownership SET routing = 'direct'");
    await report("2026-03-15T09:00:00Z", 6);
    await portal.pool.query("UPDATE agent_ownership SET routing = 'gateway'");
    await look();
    expect(await alerts()).toEqual([]);
    await report("2026-03-15T10:00:00Z", 2);
    await look();
    expect((await alerts()).map(({ detail }) => detail)).toEqual([
      { unrouted: { amount: "2000000000", reported: "2000000000" } },
    ]);
  });

  it("waits until the day is an hour old", async () => {
    portal.time.now = new Date("2026-03-15T00:59:59Z");
    await report("2026-03-15T00:00:05Z", 3);
    await look(3);
    expect(await alerts()).toEqual([]);
    portal.time.now = new Date("2026-03-15T01:00:00Z");
    await look();
    expect(await alerts()).toHaveLength(1);
  });
});
