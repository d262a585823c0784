import { setImmediate as settled } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { type AgentLimits, createLiveAdmission } from "#limits/admission.ts";
import { createLiveRates } from "#limits/live-rates.ts";
import { admitted, agentBudget, ask, follow, limitsOf, NOON, setUp, waiting } from "#testing/live-admission.ts";
import { createSimulatedClock } from "#testing/simulated-clock.ts";

const TOO_FAST = { outcome: "refused", reason: "rate_limit" };
const rated = (requestsPerMinute: number, limits: AgentLimits = limitsOf()): AgentLimits => ({
  ...limits,
  rateLimit: { requestsPerMinute, tokensPerMinute: null },
});
const paused = (limits: AgentLimits = limitsOf()): AgentLimits => ({ ...limits, pausedAt: new Date(NOON) });
const spentBudget = () => limitsOf(agentBudget(1, { day: 0n }));

describe("a pause", () => {
  it("refuses the next call, before anything else is looked at, until it ends", () => {
    const setting = setUp({ 1: paused(rated(1, spentBudget())) });
    expect(ask(setting)).toEqual({ outcome: "refused", reason: "paused" });
    expect(setting.admission.peek(1)).toMatchObject({
      verdict: { outcome: "refused", reason: "paused" },
      lastRefusedAt: new Date(NOON),
    });
    follow(setting.admission, { 1: limitsOf() });
    expect(ask(setting).outcome).toBe("admitted");
  });

  it("leaves a call in flight alone, and others", () => {
    const setting = setUp({ 1: limitsOf(agentBudget(1, { day: 10n })), 2: limitsOf() });
    const call = admitted(ask(setting));
    follow(setting.admission, { 1: paused(limitsOf(agentBudget(1, { day: 10n }))), 2: limitsOf() });
    setting.admission.settle(call, { cost: 3n, outputTokens: 3 });
    expect(setting.admission.peek(1).tightest?.spent).toBe(3n);
    expect(ask(setting, 2).outcome).toBe("admitted");
  });

  it("answers those who wait for their turn", async () => {
    const budget = limitsOf(agentBudget(1, { day: 10n }, { reservation: "guaranteed" }));
    const setting = setUp({ 1: budget });
    admitted(ask(setting, 1, 100));
    const { outcomes } = waiting(ask(setting, 1, 100));
    follow(setting.admission, { 1: paused(budget) });
    await settled();
    expect(outcomes).toEqual([{ outcome: "refused", reason: "paused" }]);
  });
});

describe("a rate", () => {
  it("is asked after the budgets: what they refuse takes no place in the window", () => {
    const setting = setUp({ 1: rated(1, spentBudget()) });
    expect(ask(setting)).toMatchObject({ outcome: "refused", reason: "budget" });
    follow(setting.admission, { 1: rated(1) });
    expect(ask(setting).outcome).toBe("admitted");
    expect(ask(setting)).toEqual({ ...TOO_FAST, waitMs: 60_000 });
  });

  it("a call that is too fast holds nothing of the budgets", () => {
    const setting = setUp({ 1: rated(1, limitsOf(agentBudget(1, { day: 1_000_000n }))) });
    setting.admission.settle(admitted(ask(setting)), { cost: 1n, outputTokens: 1 });
    ask(setting);
    expect(setting.admission.peek(1).tightest).toMatchObject({ spent: 1n, reserved: 0n });
  });

  it("counts the tokens that a call really used, at its end", () => {
    const setting = setUp({ 1: { ...limitsOf(), rateLimit: { requestsPerMinute: null, tokensPerMinute: 1_000 } } });
    const call = admitted(ask(setting));
    setting.admission.settle(call, { cost: 1n, outputTokens: 1, rateTokens: 1_001 });
    expect(ask(setting)).toMatchObject(TOO_FAST);
    expect(setting.admission.peek(1)).toMatchObject({
      verdict: { outcome: "refused", reason: "rate_limit", retryAfterSeconds: 60 },
      rate: { requestsUsed: 1, tokensUsed: 1_001, tokensLimit: 1_000 },
    });
  });

  it("holds a call for which a moment is enough; the one who came first passes, the others hear how long", async () => {
    const setting = setUp({ 1: rated(1) });
    admitted(ask(setting));
    setting.clock.advanceTo(NOON + 57_999);
    expect(ask(setting)).toMatchObject(TOO_FAST);
    setting.clock.advanceTo(NOON + 58_000);
    expect(setting.admission.peek(1).verdict.outcome).toBe("admitted");
    const [first, second] = [waiting(ask(setting)), waiting(ask(setting))];
    setting.clock.advanceTo(NOON + 59_999);
    await settled();
    expect(first.outcomes).toEqual([]);
    setting.clock.advanceTo(NOON + 60_000);
    await settled();
    expect(first.outcomes).toMatchObject([{ outcome: "admitted", call: { admittedAt: new Date(NOON + 60_000) } }]);
    expect(second.outcomes).toEqual([{ ...TOO_FAST, waitMs: 60_000 }]);
  });

  it("a call that leaves while it is held takes no place", async () => {
    const setting = setUp({ 1: rated(1) });
    admitted(ask(setting));
    setting.clock.advanceTo(NOON + 59_000);
    const { outcomes, leave } = waiting(ask(setting));
    leave();
    setting.clock.advanceTo(NOON + 60_000);
    await settled();
    expect(outcomes).toEqual([]);
    expect(setting.admission.peek(1).rate.requestsUsed).toBe(0);
  });

  it("a held call may have to wait for its budget next, and may leave then too", async () => {
    const budget = limitsOf(agentBudget(1, { day: 10n }, { reservation: "guaranteed" }));
    const setting = setUp({ 1: rated(1, budget) });
    setting.admission.settle(admitted(ask(setting, 1, 100)), { cost: 1n, outputTokens: 1 });
    setting.clock.advanceTo(NOON + 59_000);
    const [stays, leaves] = [waiting(ask(setting, 1, 100)), waiting(ask(setting, 1, 100))];
    follow(setting.admission, { 1: rated(5, budget) });
    const running = admitted(ask(setting, 1, 100));
    setting.clock.advanceTo(NOON + 60_000);
    await settled();
    expect(setting.admission.peek(1).waiting).toBe(2);
    leaves.leave();
    expect(setting.admission.peek(1).waiting).toBe(1);
    setting.admission.settle(running, { cost: 1n, outputTokens: 1 });
    await settled();
    expect([stays.outcomes, leaves.outcomes]).toMatchObject([[{ outcome: "admitted" }], []]);
  });

  it("goes on from the last minute that it is told of", () => {
    const clock = createSimulatedClock(NOON);
    const rates = createLiveRates([{ agentId: 1, admittedAt: new Date(NOON - 20_000), tokens: 5 }]);
    const admission = createLiveAdmission([], clock, rates);
    follow(admission, { 1: rated(1) });
    expect(ask({ clock, admission })).toEqual({ ...TOO_FAST, waitMs: 40_000 });
  });
});
