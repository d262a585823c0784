import { describe, expect, it } from "vitest";

import { admitted, agentBudget, ask, follow, limitsOf, setUp } from "#testing/live-admission.ts";

const HARD = { hardStop: true };
const BEFORE_MIDNIGHT = Date.parse("2026-11-24T23:59:00Z");
const AFTER_MIDNIGHT = Date.parse("2026-11-25T00:01:00Z");

describe("what a call in flight has come to", () => {
  it("cuts it when it uses up the limit together with what was spent, and not a nano-dollar earlier", () => {
    const setting = setUp({ 1: limitsOf(agentBudget(1, { day: 100n }, HARD)) });
    setting.admission.settle(admitted(ask(setting)), { cost: 40n, outputTokens: null });
    const call = admitted(ask(setting));
    expect(setting.admission.isCutAtLimit(call)).toBe(true);
    expect([10n, 59n, 60n].map((cost) => setting.admission.meter(call, cost))).toEqual([false, false, true]);
    follow(setting.admission, { 1: limitsOf(agentBudget(1, { day: 101n }, HARD)) });
    expect(setting.admission.meter(call, 60n)).toBe(false);
  });

  it("counts with that of the others in a shared budget, until they end", () => {
    const fleet = agentBudget(1, { month: 100n }, { ...HARD, key: "fleet" });
    const setting = setUp({ 1: limitsOf(fleet), 2: limitsOf(fleet) });
    const [first, second] = [admitted(ask(setting, 1)), admitted(ask(setting, 2))];
    expect(setting.admission.meter(first, 70n)).toBe(false);
    expect(setting.admission.meter(second, 29n)).toBe(false);
    expect(setting.admission.meter(second, 30n)).toBe(true);
    setting.admission.settle(first, { cost: 0n, outputTokens: null });
    expect(setting.admission.meter(second, 99n)).toBe(false);
  });

  it("cuts nothing where the limit does not stop calls, or nobody asked for it", () => {
    const budgets = [{ hardStop: false }, { ...HARD, actionOnExceed: "warn" as const }];
    for (const told of budgets) {
      const setting = setUp({ 1: limitsOf(agentBudget(1, { day: 100n }, told)) });
      const call = admitted(ask(setting));
      expect(setting.admission.meter(call, 1_000n)).toBe(false);
    }
  });

  it("is a matter of the day that it began on", () => {
    const limits = { 1: limitsOf(agentBudget(1, { day: 100n }, HARD)) };
    const setting = setUp(limits, [], BEFORE_MIDNIGHT);
    const yesterdays = admitted(ask(setting));
    expect(setting.admission.meter(yesterdays, 90n)).toBe(false);
    setting.clock.advanceTo(AFTER_MIDNIGHT);
    const todays = admitted(ask(setting));
    expect(setting.admission.meter(yesterdays, 500n)).toBe(false);
    expect([99n, 100n].map((cost) => setting.admission.meter(todays, cost))).toEqual([false, true]);
  });
});
