import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { BudgetRule } from "#domain/budget.ts";
import { BUDGET_PERIODS, periodAt } from "#domain/period.ts";
import { createLiveAdmission, type LiveAdmission, type RecordedSpend } from "#limits/admission.ts";

const budget = (
  limits: Partial<BudgetRule["limits"]>,
  actionOnExceed: BudgetRule["actionOnExceed"] = "block",
): BudgetRule => ({
  limits: { day: null, month: null, ...limits },
  actionOnExceed,
  warningThresholds: [50, 80, 100],
});

const NOON = new Date("2026-11-24T12:00:00Z");
const LATE = new Date("2026-11-24T23:59:59.999Z");
const MIDNIGHT = new Date("2026-11-25T00:00:00Z");
const NEXT_MONTH = new Date("2026-12-01T00:00:00Z");
const ADMITTED = { outcome: "admitted" };

describe("live admission", () => {
  it("admits until the spend has reached a limit, and then says which", () => {
    const admission = createLiveAdmission([]);
    admission.settle(1, 9n, NOON);
    expect(admission.decide(1, budget({ day: 10n }), NOON)).toEqual(ADMITTED);
    admission.settle(1, 1n, NOON);
    expect(admission.decide(1, budget({ day: 10n }), NOON)).toEqual({
      outcome: "refused",
      reason: "budget",
      period: "day",
    });
    expect(admission.decide(1, budget({ month: 10n }), NOON)).toMatchObject({ period: "month" });
  });

  it("knows agents apart, and lets one without a budget pass", () => {
    const admission = createLiveAdmission([]);
    admission.settle(1, 100n, NOON);
    expect(admission.decide(2, budget({ day: 10n }), NOON)).toEqual(ADMITTED);
    expect(admission.decide(1, null, NOON)).toEqual(ADMITTED);
    expect(admission.decide(1, budget({ day: 10n }, "warn"), NOON)).toEqual(ADMITTED);
  });

  it("decides by the limits of this moment: a raised one admits at once", () => {
    const admission = createLiveAdmission([]);
    admission.settle(1, 10n, NOON);
    expect(admission.decide(1, budget({ day: 10n }), NOON).outcome).toBe("refused");
    expect(admission.decide(1, budget({ day: 11n }), NOON)).toEqual(ADMITTED);
  });

  it("begins a new day and a new month at their first instant", () => {
    const admission = createLiveAdmission([]);
    admission.settle(1, 10n, LATE);
    expect(admission.decide(1, budget({ day: 10n }), LATE).outcome).toBe("refused");
    expect(admission.decide(1, budget({ day: 10n }), MIDNIGHT)).toEqual(ADMITTED);
    expect(admission.decide(1, budget({ month: 10n }), MIDNIGHT).outcome).toBe("refused");
    expect(admission.decide(1, budget({ month: 10n }), NEXT_MONTH)).toEqual(ADMITTED);
  });

  it("counts a call for the day it was admitted on, whenever it ends", () => {
    const admission = createLiveAdmission([]);
    expect(admission.decide(1, budget({ day: 10n }), MIDNIGHT)).toEqual(ADMITTED);
    admission.settle(1, 10n, LATE);
    expect(admission.decide(1, budget({ day: 10n }), MIDNIGHT)).toEqual(ADMITTED);
    expect(admission.decide(1, budget({ month: 10n }), MIDNIGHT).outcome).toBe("refused");
  });

  it("goes on from what the ledger says, in whatever order it says it", () => {
    const recorded: RecordedSpend[] = [
      { agentId: 1, period: "day", periodStart: new Date("2026-11-24T00:00:00Z"), spent: 4n },
      { agentId: 1, period: "month", periodStart: new Date("2026-11-01T00:00:00Z"), spent: 40n },
    ];
    for (const order of [recorded, recorded.toReversed()]) {
      const admission = createLiveAdmission(order);
      admission.settle(1, 1n, NOON);
      expect(admission.decide(1, budget({ day: 5n }), NOON).outcome).toBe("refused");
      expect(admission.decide(1, budget({ day: 6n }), NOON)).toEqual(ADMITTED);
      expect(admission.decide(1, budget({ month: 41n }), NOON).outcome).toBe("refused");
      expect(admission.decide(1, budget({ month: 42n }), NOON)).toEqual(ADMITTED);
    }
  });
});

type Settled = { agentId: number; cost: bigint; admittedAt: Date };

/** What the ledger would say of the day and the month of `now`. */
function recordedAt(now: Date, settled: readonly Settled[]): RecordedSpend[] {
  return [1, 2].flatMap((agentId) =>
    BUDGET_PERIODS.map((period) => ({
      agentId,
      period,
      periodStart: periodAt(period, now).start,
      spent: spentIn(period, now, settled, agentId),
    })),
  );
}

function spentIn(period: "day" | "month", now: Date, settled: readonly Settled[], agentId: number): bigint {
  const { start, end } = periodAt(period, now);
  const inPeriod = settled.filter(
    (call) => call.agentId === agentId && call.admittedAt >= start && call.admittedAt < end,
  );
  return inPeriod.reduce((sum, call) => sum + call.cost, 0n);
}

type Asked = { agentId: number; now: Date; settled: readonly Settled[]; limit: bigint };

function expectDecisions(admission: LiveAdmission, { agentId, now, settled, limit }: Asked): void {
  for (const period of BUDGET_PERIODS) {
    const isReached = spentIn(period, now, settled, agentId) >= limit;
    const { outcome } = admission.decide(agentId, budget({ [period]: limit }), now);
    expect(outcome).toBe(isReached ? "refused" : "admitted");
  }
}

describe("live admission, whatever happens", () => {
  const HOUR_MS = 3_600_000;
  const step = fc.record({
    kind: fc.constantFrom(
      "settle" as const,
      "settle" as const,
      "decide" as const,
      "decide" as const,
      "restart" as const,
    ),
    agentId: fc.constantFrom(1, 2),
    hoursLater: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(40)),
    hoursUnderWay: fc.nat(30),
    amount: fc.bigInt({ min: 0n, max: 20n }),
  });

  it("says what the sum of the period's calls says, over days, months, late ends and restarts", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const settled: Settled[] = [];
        let nowMs = Date.UTC(2026, 10, 24, 5);
        let admission = createLiveAdmission([]);
        for (const { kind, agentId, hoursLater, hoursUnderWay, amount } of steps) {
          nowMs += hoursLater * HOUR_MS;
          const now = new Date(nowMs);
          if (kind === "settle") {
            const admittedAt = new Date(nowMs - hoursUnderWay * HOUR_MS);
            admission.settle(agentId, amount, admittedAt);
            settled.push({ agentId, cost: amount, admittedAt });
          } else if (kind === "restart") admission = createLiveAdmission(recordedAt(now, settled));
          else expectDecisions(admission, { agentId, now, settled, limit: amount * 3n });
        }
      }),
      { numRuns: 300 },
    );
  });
});
