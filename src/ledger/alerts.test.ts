import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { findAlerts, type SpendAfter } from "#ledger/alerts.ts";
import { budgetOf } from "#testing/budgets.ts";

const DAY = new Date("2026-11-24T00:00:00Z");
const BUDGET = budgetOf({ limits: { day: 100n, month: 1_000n } });

function withSpend(spent: bigint, fields: Partial<SpendAfter> = {}): SpendAfter {
  const call = { id: `${spent}`, agentId: 1, admittedAt: new Date("2026-11-24T12:00:00Z") };
  return { budget: BUDGET, period: "day", periodStart: DAY, call, spent, ...fields };
}

describe("findAlerts", () => {
  it("names each threshold with the call that reached it, in the order of the calls", () => {
    const alerts = findAlerts([withSpend(49n), withSpend(50n), withSpend(120n)]);
    expect(alerts.map(({ thresholdPercent, requestId, spent }) => [thresholdPercent, requestId, spent])).toEqual([
      [50, "50", 50n],
      [80, "120", 120n],
      [100, "120", 120n],
    ]);
    expect(alerts[0]).toMatchObject({ budget: "agent:1", agentId: 1, period: "day", periodStart: DAY, limit: 100n });
  });

  it("measures each period by its own limit", () => {
    const alerts = findAlerts([withSpend(500n, { period: "month" })]);
    expect(alerts.map(({ period, thresholdPercent, limit }) => [period, thresholdPercent, limit])).toEqual([
      ["month", 50, 1_000n],
    ]);
  });

  it.each([
    ["that nobody watches", { ...BUDGET, actionOnExceed: "none" as const }],
    ["without a limit for the period", { ...BUDGET, limits: { day: null, month: 1_000n } }],
    ["without thresholds", { ...BUDGET, warningThresholds: [] }],
    ["whose limit is 0: it was reached before the first call", { ...BUDGET, limits: { day: 0n, month: null } }],
  ])("an agent %s raises none", (_what, budget) => {
    expect(findAlerts([withSpend(1_000n, { budget })])).toEqual([]);
  });

  it("names a threshold that was reached before the limit was set, with the first call after it", () => {
    const alerts = findAlerts([withSpend(89n), withSpend(90n)]);
    expect(alerts.map(({ thresholdPercent, requestId }) => [thresholdPercent, requestId])).toEqual([
      [50, "89"],
      [80, "89"],
    ]);
  });

  it("knows budgets apart, each with the limit in force at the call", () => {
    const increase = { period: "day", amount: 100n, startsAt: DAY, endsAt: new Date("2026-11-25T00:00:00Z") } as const;
    const [pool, raised] = [budgetOf({ ...BUDGET, key: "pool:3" }), budgetOf({ ...BUDGET, increases: [increase] })];
    const alerts = findAlerts([withSpend(50n), withSpend(50n, { budget: pool }), withSpend(100n, { budget: raised })]);
    expect(alerts.map(({ budget, limit, thresholdPercent }) => [budget, limit, thresholdPercent])).toEqual([
      ["agent:1", 100n, 50],
      ["pool:3", 100n, 50],
      ["agent:1", 200n, 50],
    ]);
  });

  it("over any sequence of calls reports each threshold once", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 60n }), { maxLength: 20 }), (costs) => {
        let spent = 0n;
        const spends = costs.map((cost) => {
          spent += cost;
          return withSpend(spent);
        });
        const thresholds = findAlerts(spends).map((alert) => alert.thresholdPercent);
        const reached = costs.length === 0 ? [] : [50, 80, 100].filter((percent) => spent >= BigInt(percent));
        expect(thresholds).toEqual(reached);
      }),
    );
  });
});
