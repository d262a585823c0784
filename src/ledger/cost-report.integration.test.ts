import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const at = (text: string) => new Date(`2026-${text}Z`);

let portal: TestPortal;
let agent: AgentRecord;
let number = 0;

beforeAll(async () => {
  portal = await createTestPortal(NOW);
});
beforeEach(async () => {
  number += 1;
  agent = await portal.addAgent(`agent-${number}`);
});
afterAll(() => portal.close());

describe("costs by day", () => {
  it("has one entry for each day, the oldest first, with zeros where nothing was called", async () => {
    await portal.record(
      { agentId: agent.id, admittedAt: at("03-09T00:00:00.000"), listCost: 100n, inputTokens: 7 },
      { agentId: agent.id, admittedAt: at("03-15T11:59:59.999"), listCost: 30n, isEstimated: true },
      { agentId: agent.id, admittedAt: at("03-15T00:00:00.000"), listCost: 12n, cacheCreation1hInputTokens: 5 },
    );
    const report = await portal.platform.costs.byDay(agent.id, 7);

    expect(report.days.map((day) => day.dayStart.toISOString().slice(0, 10))).toEqual([
      "2026-03-09",
      "2026-03-10",
      "2026-03-11",
      "2026-03-12",
      "2026-03-13",
      "2026-03-14",
      "2026-03-15",
    ]);
    expect(report.days.map((day) => day.listCost)).toEqual([100n, 0n, 0n, 0n, 0n, 0n, 42n]);
    expect(report.days.map((day) => day.requests)).toEqual([1, 0, 0, 0, 0, 0, 2]);
    expect(report.days[0]?.tokens.inputTokens).toBe(7);
    expect(report.days[6]?.tokens.cacheCreation1hInputTokens).toBe(5);
    expect(report).toMatchObject({ total: 142n, estimatedRequests: 1 });
  });

  it("counts a call on the UTC day that it was admitted, and nothing outside the days", async () => {
    await portal.record(
      { agentId: agent.id, admittedAt: at("03-08T23:59:59.999"), listCost: 1n },
      { agentId: agent.id, admittedAt: at("03-14T23:59:59.999"), listCost: 2n },
    );
    const report = await portal.platform.costs.byDay(agent.id, 7);
    expect(report.days.at(-2)?.listCost).toBe(2n);
    expect(report.total).toBe(2n);
    expect((await portal.platform.costs.byDay(agent.id, 30)).total).toBe(3n);
  });

  it("has thirty entries of zero for an agent that never called", async () => {
    const report = await portal.platform.costs.byDay(agent.id, 30);
    expect(report.days).toHaveLength(30);
    expect(report).toMatchObject({ total: 0n, estimatedRequests: 0 });
  });

  it("keeps amounts exact beyond 2^53", async () => {
    await portal.record({ agentId: agent.id, listCost: 9_007_199_254_740_993n });
    expect((await portal.platform.costs.byDay(agent.id, 7)).total).toBe(9_007_199_254_740_993n);
  });
});

describe("costs by model", () => {
  it("puts the dearest model first and keeps agents apart", async () => {
    const other = await portal.addAgent(`other-${number}`);
    await portal.record(
      { agentId: agent.id, model: "claude-haiku-4-5", listCost: 5n, outputTokens: 3 },
      { agentId: agent.id, model: "claude-opus-4-5", listCost: 50n },
      { agentId: agent.id, model: "claude-haiku-4-5", listCost: 6n, outputTokens: 4 },
      { agentId: other.id, model: "claude-opus-4-5", listCost: 999n },
    );
    const { models } = await portal.platform.costs.byModel(agent.id, 7);
    expect(models.map(({ model, listCost, requests }) => [model, listCost, requests])).toEqual([
      ["claude-opus-4-5", 50n, 1],
      ["claude-haiku-4-5", 11n, 2],
    ]);
    expect(models[1]?.tokens.outputTokens).toBe(7);
  });
});

describe("the report of a period", () => {
  it.each([
    ["day", "2026-03-15", "2026-03-16", 1n],
    ["week", "2026-03-09", "2026-03-16", 11n],
    ["month", "2026-03-01", "2026-04-01", 111n],
  ] as const)("sums up the %s", async (period, start, end, listCost) => {
    await portal.record(
      { agentId: agent.id, admittedAt: at("03-15T01:00:00.000"), listCost: 1n, inputTokens: 2 },
      {
        agentId: agent.id,
        admittedAt: at("03-09T01:00:00.000"),
        listCost: 10n,
        model: "claude-opus-4-5",
        inputTokens: 3,
      },
      { agentId: agent.id, admittedAt: at("03-01T01:00:00.000"), listCost: 100n },
      { agentId: agent.id, admittedAt: at("02-28T23:59:59.000"), listCost: 1000n },
    );
    const report = await portal.platform.costs.period(agent.id, period);
    expect(report).toMatchObject({ period, listCost });
    expect([report.periodStart, report.periodEnd]).toEqual([new Date(start), new Date(end)]);
    expect(report.requests).toBe(report.byModel.reduce((sum, model) => sum + model.requests, 0));
    expect(report.tokens.inputTokens).toBe(period === "day" ? 2 : 5);
  });
});

describe("what agents did lately", () => {
  it("gives spend of this day and month, today's calls, and the last sign of life", async () => {
    const idle = await portal.addAgent(`idle-${number}`);
    const yesterdays = await portal.addAgent(`yesterdays-${number}`);
    await portal.record(
      { agentId: agent.id, admittedAt: at("03-15T09:00:00.000"), listCost: 4n },
      { agentId: agent.id, admittedAt: at("03-15T10:00:00.000"), listCost: 5n },
      { agentId: agent.id, admittedAt: at("03-02T10:00:00.000"), listCost: 60n },
      { agentId: yesterdays.id, admittedAt: at("03-14T22:00:00.000"), listCost: 7n },
    );
    const activity = await portal.platform.costs.activityOf([agent.id, idle.id, yesterdays.id]);
    expect(activity.get(agent.id)).toEqual({
      spend: { day: 9n, month: 69n },
      requestsToday: 2,
      lastSeenAt: at("03-15T10:00:00.000"),
    });
    expect(activity.get(idle.id)).toEqual({ spend: { day: 0n, month: 0n }, requestsToday: 0, lastSeenAt: null });
    expect(activity.get(yesterdays.id)).toEqual({
      spend: { day: 0n, month: 7n },
      requestsToday: 0,
      lastSeenAt: at("03-14T22:00:00.000"),
    });
  });

  it("shows the alerts of this day and month only", async () => {
    const alert = (period: string, start: string, crossedAt: string) =>
      portal.pool.query(
        `INSERT INTO alerts (budget, agent_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd,
           request_id, crossed_at) VALUES ('agent:' || $1::int, $1, $2, $3, 80, 100, 81, gen_random_uuid(), $4)`,
        [agent.id, period, start, crossedAt],
      );
    await alert("day", "2026-03-14T00:00:00Z", "2026-03-14T10:00:00Z");
    await alert("month", "2026-03-01T00:00:00Z", "2026-03-10T10:00:00Z");
    await alert("day", "2026-03-15T00:00:00Z", "2026-03-15T10:00:00Z");
    expect(
      (await portal.platform.costs.alerts(agent.id, "UTC")).map((row) => [row.period, row.crossedAt.getUTCDate()]),
    ).toEqual([
      ["day", 15],
      ["month", 10],
    ]);
    await alert("day", "2026-03-14T18:30:00Z", "2026-03-15T09:00:00Z");
    expect(
      (await portal.platform.costs.alerts(agent.id, "Asia/Kolkata")).map(({ period, crossedAt }) => [
        period,
        crossedAt.toISOString().slice(5, 16),
      ]),
    ).toEqual([["day", "03-15T09:00"]]);
  });
});
