import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Budget } from "#domain/budget.ts";
import { findAlerts, type SpendRise } from "#ledger/alerts.ts";

const DAY = new Date("2026-11-24T00:00:00Z");
const BUDGET: Budget = {
  limits: { day: 100n, month: 1_000n },
  actionOnExceed: "block",
  warningThresholds: [50, 80, 100],
};

function rise(previous: bigint, current: bigint, fields: Partial<SpendRise> = {}): SpendRise {
  return { agentId: 1, period: "day", periodStart: DAY, requestId: `${previous}`, previous, current, ...fields };
}

describe("findAlerts", () => {
  it("names each threshold with the call that reached it, in the order of the calls", () => {
    const alerts = findAlerts([rise(0n, 49n), rise(49n, 50n), rise(50n, 120n)], () => BUDGET);
    expect(alerts.map(({ thresholdPercent, requestId, spent }) => [thresholdPercent, requestId, spent])).toEqual([
      [50, "49", 50n],
      [80, "50", 120n],
      [100, "50", 120n],
    ]);
    expect(alerts[0]).toMatchObject({ agentId: 1, period: "day", periodStart: DAY, limit: 100n });
  });

  it("measures each period by its own limit", () => {
    const alerts = findAlerts([rise(0n, 500n, { period: "month" })], () => BUDGET);
    expect(alerts.map(({ period, thresholdPercent, limit }) => [period, thresholdPercent, limit])).toEqual([
      ["month", 50, 1_000n],
    ]);
  });

  it.each([
    ["without a budget", null],
    ["that nobody watches", { ...BUDGET, actionOnExceed: "none" as const }],
    ["without a limit for the period", { ...BUDGET, limits: { day: null, month: 1_000n } }],
    ["without thresholds", { ...BUDGET, warningThresholds: [] }],
    ["whose limit is 0: it was reached before the first call", { ...BUDGET, limits: { day: 0n, month: null } }],
  ])("an agent %s raises none", (_what, budget) => {
    expect(findAlerts([rise(0n, 1_000n)], () => budget)).toEqual([]);
  });

  it("asks for the limits of the agent in question", () => {
    const budgetOf = (agentId: number) => (agentId === 2 ? BUDGET : null);
    const alerts = findAlerts([rise(0n, 50n), rise(0n, 50n, { agentId: 2 })], budgetOf);
    expect(alerts.map(({ agentId }) => agentId)).toEqual([2]);
  });

  it("over any sequence of calls reports each threshold once", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 60n }), { maxLength: 20 }), (costs) => {
        let spent = 0n;
        const rises = costs.map((cost) => {
          const previous = spent;
          spent += cost;
          return rise(previous, spent);
        });
        const thresholds = findAlerts(rises, () => BUDGET).map((alert) => alert.thresholdPercent);
        expect(thresholds).toEqual([50, 80, 100].filter((percent) => spent >= BigInt(percent)));
      }),
    );
  });
});
