import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { FleetOverview, Scope } from "#ledger/fleet-report.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const at = (text: string) => new Date(`2026-${text}Z`);

let portal: TestPortal;
const ids: number[] = [];
beforeAll(async () => {
  portal = await createTestPortal(NOW);
  for (let number = 1; number <= 9; number += 1) ids.push((await portal.addAgent(`agent-${number}`)).id);
});
afterAll(() => portal.close());

function overview(scope: Scope, days = 7): Promise<FleetOverview> {
  return portal.platform.fleetReport.overview(scope, days);
}

describe("an empty fleet", () => {
  it("has known zeros where calls are counted, and unknowns where there is nothing to tell from", async () => {
    const empty = await overview("fleet");
    expect(empty.spend.week).toEqual({ listCost: 0n, before: null });
    expect(empty.byDay.models).toHaveLength(7);
    expect([empty.agents, empty.models, empty.owners]).toEqual([[], [], []]);
    expect(empty.durations.latency).toEqual({ p50: null, p90: null, p99: null });
    expect(empty.caching).toEqual({ saved: null, hitShare: null, unknownModels: [] });
  });
});

describe("many agents together", () => {
  beforeAll(async () => {
    const own = (index: number) => ({ agentId: ids[index] ?? 0 });
    const today = at("03-15T09:00:00.000");
    await portal.record(
      { ...own(0), admittedAt: at("03-01T09:00:00.000"), listCost: 5n, model: "claude-opus-4-5" },
      { ...own(0), admittedAt: at("03-05T09:00:00.000"), listCost: 7n },
      // Yesterday by this time, and later than this time.
      { ...own(0), admittedAt: at("03-14T11:00:00.000"), listCost: 100n, latencyMs: 900, firstByteMs: 300 },
      { ...own(0), admittedAt: at("03-14T20:00:00.000"), listCost: 1_000n, latencyMs: 30_000, firstByteMs: 400 },
      { ...own(1), admittedAt: today, listCost: 700n, model: "claude-sonnet-4-5", cacheReadInputTokens: 1_000_000 },
      {
        ...own(1),
        admittedAt: today,
        listCost: 0n,
        outcome: "failed",
        status: 529,
        latencyMs: null,
        firstByteMs: null,
      },
      {
        ...own(2),
        admittedAt: today,
        listCost: 0n,
        outcome: "refused",
        status: 402,
        latencyMs: null,
        firstByteMs: null,
      },
      ...ids.slice(3).map((agentId, index) => ({ agentId, admittedAt: today, listCost: BigInt(index + 1) })),
    );
  });

  it("today is held against yesterday by the same time, and a span beyond the first call against nothing", async () => {
    const { spend } = await overview("fleet");
    expect(spend.today).toEqual({ listCost: 721n, before: 100n });
    expect(spend.week).toEqual({ listCost: 1_821n, before: 7n });
    expect(spend.month).toEqual({ listCost: 1_833n, before: null });
  });

  it("every day has the same parts, and with the others they add up to the day", async () => {
    const { byDay, agents, agentCount, models } = await overview("fleet");
    expect(byDay.agents.map((day) => day.parts.map(({ key }) => key))).toEqual(
      Array(7).fill(agents.slice(0, 6).map(({ agentName }) => agentName)),
    );
    const last = byDay.agents.at(-1);
    expect([last?.parts.reduce((sum, { listCost }) => sum + listCost, 0n), last?.others]).toEqual([718n, 3n]);
    expect(byDay.models.at(-2)?.parts.reduce((sum, { listCost }) => sum + listCost, 0n)).toBe(1_100n);
    expect([agents[0]?.agentName, agents[1]?.agentName, agentCount]).toEqual(["agent-1", "agent-2", 9]);
    expect(models.reduce((sum, { listCost }) => sum + listCost, 0n)).toBe(1_821n);
  });

  it("refusals and failures are counted, and durations are of what was completed", async () => {
    const { sums, durations } = await overview("fleet");
    expect(sums).toEqual({ listCost: 1_821n, requests: 11, failedRequests: 1, refusedRequests: 1 });
    expect(durations.latency.p99).toBeGreaterThanOrEqual(30_000);
    expect(durations.latency.p50).toBeLessThan(200);
  });

  it("caching has saved what reading it cost less than plain input: $2.70 for a million tokens", async () => {
    const { caching } = await overview([ids[1] ?? 0]);
    expect(caching.saved).toBe(2_700_000_000n);
    expect(caching.hitShare).toBeGreaterThan(0.99);
  });

  it("of some agents has nothing of the others", async () => {
    const own = await overview([ids[0] ?? 0, ids[3] ?? 0]);
    expect(own.spend.week.listCost).toBe(1_101n);
    expect(own.agents.map(({ agentName }) => agentName)).toEqual(["agent-1", "agent-4"]);
    expect(own.byDay.agents.flatMap(({ parts }) => parts.map(({ key }) => key))).not.toContain("agent-2");
    expect((await overview([])).sums.requests).toBe(0);
  });

  it("agents without an owner are together, under no name", async () => {
    const { owners } = await overview("fleet");
    expect(owners).toEqual([{ ownerName: null, listCost: 1_821n, requests: 11, agents: 9 }]);
  });
});
