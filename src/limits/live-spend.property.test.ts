import fc from "fast-check";
import { expect, it } from "vitest";

import type { BudgetKey } from "#domain/budget.ts";
import { BUDGET_PERIODS, periodAt } from "#domain/period.ts";
import type { RecordedSpend } from "#ledger/recorded-spend.ts";
import { createLiveAdmission } from "#limits/admission.ts";
import { budgetOf } from "#testing/budgets.ts";
import { admitted, ask, follow, limitsOf, type Setting } from "#testing/live-admission.ts";
import { createSimulatedClock } from "#testing/simulated-clock.ts";

type Spent = { agentId: number; cost: bigint; atMs: number };

/** What the ledger would say. */
function toRecorded(spent: readonly Spent[]): RecordedSpend[] {
  return spent.map(({ agentId, cost, atMs }) => ({
    agentId,
    cost,
    grain: "quarter",
    startMs: Math.floor(atMs / 900_000) * 900_000,
  }));
}

const HOUR_MS = 3_600_000;
const ZONES = ["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"] as const;
const KEYS = ["agent:1", "agent:2", "pool:1", "fleet"] as const;

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("spend" as const, "spend" as const, "check" as const, "restart" as const, "move" as const),
    agentId: fc.constantFrom(1, 2),
    hoursLater: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(40)),
    hoursUnderWay: fc.nat(30),
    cost: fc.bigInt({ min: 0n, max: 20n }),
    zone: fc.constantFrom(...ZONES),
    isPooled: fc.boolean(),
  }),
  { maxLength: 60 },
);

/** Two agents with a budget each, a pool that the second is in or not, and a fleet; and a list of what was spent. */
function createWorld() {
  const clock = createSimulatedClock(Date.UTC(2026, 10, 24, 5));
  const setting: Setting = { clock, admission: createLiveAdmission([], clock) };
  const spent: Spent[] = [];
  let [timeZone, isPooled] = ["UTC", false];
  const budget = (key: BudgetKey) => budgetOf({ key, timeZone, actionOnExceed: "warn" });
  const countsIn = (key: BudgetKey, agentId: number) =>
    key === "fleet" || key === `agent:${agentId}` || (key === "pool:1" && (agentId === 1 || isPooled));
  const limits = (agentId: number) => limitsOf(...KEYS.filter((key) => countsIn(key, agentId)).map(budget));
  return {
    spend(agentId: number, cost: bigint, hoursUnderWay: number) {
      const call = admitted(ask(setting, agentId));
      clock.advanceTo(clock.nowMs() + hoursUnderWay * HOUR_MS);
      setting.admission.settle(call, { cost, outputTokens: null });
      spent.push({ agentId, cost, atMs: call.admittedAt.getTime() });
    },
    restart() {
      setting.admission = createLiveAdmission(toRecorded(spent), clock);
    },
    move(zone: string, isSecondPooled: boolean) {
      [timeZone, isPooled] = [zone, isSecondPooled];
    },
    later(hours: number) {
      clock.advanceTo(clock.nowMs() + hours * HOUR_MS);
      follow(setting.admission, { 1: limits(1), 2: limits(2) });
    },
    check() {
      for (const [key, period] of KEYS.flatMap((one) => BUDGET_PERIODS.map((other) => [one, other] as const))) {
        const { start, end } = periodAt(period, new Date(clock.nowMs()), timeZone);
        const counted = spent.filter(
          ({ agentId, atMs }) => countsIn(key, agentId) && atMs >= start.getTime() && atMs < end.getTime(),
        );
        const sum = counted.reduce((total, { cost }) => total + cost, 0n);
        expect(setting.admission.spentOf(key, period, start.getTime())).toBe(sum);
      }
    },
  };
}

it("live spend is the sum of the period's calls, over days, months, zones, pools, late ends and restarts", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const world = createWorld();
      world.later(0);
      for (const { kind, agentId, hoursLater, hoursUnderWay, cost, zone, isPooled } of all) {
        if (kind === "spend") world.spend(agentId, cost, hoursUnderWay);
        else if (kind === "restart") world.restart();
        else if (kind === "move") world.move(zone, isPooled);
        world.later(hoursLater);
        world.check();
      }
    }),
    { numRuns: 200 },
  );
});
