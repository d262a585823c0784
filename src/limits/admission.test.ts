import { describe, expect, it } from "vitest";

import { HOLD_MS } from "#domain/admission.ts";
import type { LiveCall } from "#limits/admission.ts";
import { budgetOf } from "#testing/budgets.ts";
import {
  admitted,
  agentBudget,
  ask,
  follow,
  limitsOf,
  NOON,
  PRICES,
  settled,
  setUp,
  spend,
  waiting,
} from "#testing/live-admission.ts";

const LATE = Date.parse("2026-11-24T23:59:59.999Z");
const MIDNIGHT = Date.parse("2026-11-25T00:00:00Z");
const NEXT_MONTH = Date.parse("2026-12-01T00:00:00Z");

describe("a limit", () => {
  it("admits until the spend has reached it, and then says which", () => {
    const setting = setUp({ 1: limitsOf(agentBudget(1, { day: 10n })) });
    spend(setting, 9n);
    spend(setting, 1n);
    expect(ask(setting)).toEqual({ outcome: "refused", reason: "budget", budget: "agent:1", period: "day" });
  });

  it("knows agents apart, and lets one without a budget, or that is only watched, pass", () => {
    const setting = setUp({
      1: limitsOf(agentBudget(1, { day: 10n })),
      2: limitsOf(agentBudget(2, { day: 10n })),
      3: limitsOf(),
      4: limitsOf(agentBudget(4, { day: 1n }, { actionOnExceed: "warn" })),
    });
    spend(setting, 100n);
    expect(ask(setting, 1).outcome).toBe("refused");
    for (const agentId of [2, 3, 4, 4]) spend(setting, 5n, agentId);
  });

  it("holds as it is at this moment: a raised one admits at once", () => {
    const setting = setUp({ 1: limitsOf(agentBudget(1, { day: 10n })) });
    spend(setting, 10n);
    expect(ask(setting).outcome).toBe("refused");
    follow(setting.admission, { 1: limitsOf(agentBudget(1, { day: 11n })) });
    expect(ask(setting).outcome).toBe("admitted");
  });

  it("is higher while an increase is in force", () => {
    const increase = { period: "day", amount: 5n, startsAt: new Date(NOON + 1_000), endsAt: new Date(NOON + 2_000) };
    const setting = setUp({
      1: limitsOf(agentBudget(1, { day: 10n }, { increases: [{ ...increase, period: "day" }] })),
    });
    spend(setting, 10n);
    const outcomes = [0, 1_000, 2_000].map((later) => {
      setting.clock.advanceTo(NOON + later);
      return setting.admission.peek(1).verdict.outcome;
    });
    expect(outcomes).toEqual(["refused", "admitted", "refused"]);
  });

  it("begins a new day and a new month at their first instant, in the budget's zone", () => {
    const budgets = {
      1: limitsOf(agentBudget(1, { day: 10n })),
      2: limitsOf(agentBudget(2, { month: 10n })),
      3: limitsOf(agentBudget(3, { day: 10n }, { timeZone: "Asia/Kolkata" })),
    };
    const setting = setUp(budgets, [], LATE);
    for (const agentId of [1, 2, 3]) spend(setting, 10n, agentId);
    const outcomesAt = (atMs: number) => {
      setting.clock.advanceTo(atMs);
      return [1, 2, 3].map((agentId) => setting.admission.peek(agentId).verdict.outcome);
    };
    expect(outcomesAt(LATE)).toEqual(["refused", "refused", "refused"]);
    expect(outcomesAt(MIDNIGHT)).toEqual(["admitted", "refused", "refused"]);
    expect(outcomesAt(Date.parse("2026-11-25T18:29:59.999Z"))[2]).toBe("refused");
    expect(outcomesAt(Date.parse("2026-11-25T18:30:00Z"))[2]).toBe("admitted");
    expect(outcomesAt(NEXT_MONTH)).toEqual(["admitted", "admitted", "admitted"]);
  });

  it("counts a call for the day it was admitted on, whenever it ends", () => {
    const setting = setUp({ 1: limitsOf(agentBudget(1, { day: 10n, month: 100n })) }, [], LATE);
    const call = admitted(ask(setting));
    setting.clock.advanceTo(MIDNIGHT);
    setting.admission.settle(call, { cost: 99n, outputTokens: null });
    expect(setting.admission.peek(1).tightest).toMatchObject({ period: "month", spent: 99n });
    expect(ask(setting).outcome).toBe("admitted");
  });
});

describe("a budget that agents share", () => {
  const pool = (limit: bigint) => budgetOf({ key: "pool:1", limits: { day: limit } });
  const fleet = (limit: bigint) => budgetOf({ key: "fleet", limits: { day: limit } });

  it("is spent by all of them; the fleet's by everybody", () => {
    const [shared, all] = [pool(10n), fleet(12n)];
    const setting = setUp({ 1: limitsOf(shared, all), 2: limitsOf(shared, all), 3: limitsOf(all) });
    spend(setting, 6n, 1);
    spend(setting, 4n, 2);
    expect(ask(setting, 1)).toMatchObject({ outcome: "refused", budget: "pool:1" });
    spend(setting, 2n, 3);
    expect(ask(setting, 3)).toMatchObject({ outcome: "refused", budget: "fleet" });
  });

  it("gains and loses what an agent has spent in the period when it comes and goes", () => {
    const setting = setUp({ 1: limitsOf(pool(10n)), 2: limitsOf() });
    spend(setting, 9n, 2);
    expect(setting.admission.peek(1).tightest?.spent).toBe(0n);
    follow(setting.admission, { 1: limitsOf(pool(10n)), 2: limitsOf(pool(10n)) });
    expect(setting.admission.peek(1).tightest?.spent).toBe(9n);
    follow(setting.admission, { 1: limitsOf(pool(10n)), 2: limitsOf() });
    expect(setting.admission.peek(1).tightest?.spent).toBe(0n);
  });

  it("still counts a removed agent, and what it had under way", () => {
    const setting = setUp({ 1: limitsOf(pool(10n), fleet(10n)), 2: limitsOf(pool(10n), fleet(10n)) });
    const call = admitted(ask(setting, 2));
    follow(setting.admission, { 1: limitsOf(pool(10n), fleet(10n)), 2: { ...limitsOf(pool(10n)), isRemoved: true } });
    expect(ask(setting, 2)).toEqual({ outcome: "refused", reason: "removed" });
    setting.admission.settle(call, { cost: 10n, outputTokens: null });
    expect(ask(setting, 1)).toMatchObject({ outcome: "refused", budget: "pool:1" });
  });

  it("that is removed with calls in flight and calls waiting stops nobody any more", async () => {
    const setting = setUp({ 1: limitsOf(pool(10n)), 2: limitsOf(pool(10n)) });
    const call = admitted(ask(setting, 1, 100));
    const next = waiting(ask(setting, 2, 100));
    follow(setting.admission, { 1: limitsOf(), 2: limitsOf() });
    await settled();
    expect(next.outcomes).toMatchObject([{ outcome: "admitted" }]);
    setting.admission.settle(call, { cost: 99n, outputTokens: null });
    expect(ask(setting, 2).outcome).toBe("admitted");
  });
});

describe("near a limit", () => {
  const guaranteed = (limit: bigint) => agentBudget(1, { day: limit }, { reservation: "guaranteed" });

  it("calls that fit beside each other go at once, the others one at a time", async () => {
    const setting = setUp({ 1: limitsOf(guaranteed(100n)) });
    const first = admitted(ask(setting, 1, 60));
    const second = admitted(ask(setting, 1, 40));
    const third = waiting(ask(setting, 1, 1));
    setting.admission.settle(first, { cost: 59n, outputTokens: 59 });
    await settled();
    expect(third.outcomes).toMatchObject([{ outcome: "admitted" }]);
    setting.admission.settle(second, { cost: 40n, outputTokens: 40 });
    // One that does not fit runs all by itself.
    const large = waiting(ask(setting, 1, 50));
    setting.admission.settle(admitted(third.outcomes[0] ?? { outcome: "crowded" }), { cost: 0n, outputTokens: 0 });
    await settled();
    const alone = admitted(large.outcomes[0] ?? { outcome: "crowded" });
    const last = waiting(ask(setting, 1, 1));
    setting.admission.settle(alone, { cost: 1n, outputTokens: 1 });
    await settled();
    expect(last.outcomes).toMatchObject([{ outcome: "refused", reason: "budget" }]);
  });

  it("a limit that is raised, or a day that begins, lets those who wait go on", async () => {
    const setting = setUp({ 1: limitsOf(guaranteed(10n)) }, [], LATE - 1_000);
    admitted(ask(setting, 1, 10));
    const [one, two] = [waiting(ask(setting, 1, 10)), waiting(ask(setting, 1, 10))];
    follow(setting.admission, { 1: limitsOf(guaranteed(20n)) });
    await settled();
    expect([one.outcomes.length, two.outcomes.length]).toEqual([1, 0]);
    setting.clock.advanceTo(MIDNIGHT);
    await settled();
    expect(two.outcomes).toMatchObject([{ outcome: "admitted" }]);
  });

  it("what a stream turns out to cost is held from then on: less input, or more output", async () => {
    const setting = setUp({ 1: limitsOf(guaranteed(100n)) });
    const dear = { ...PRICES, dearestInput: 50, coldInput: 50 };
    const asked = { agentId: 1, size: { requestBytes: 1, maxTokens: 40 }, prices: dear };
    const call = admitted(setting.admission.admit(asked));
    expect(setting.admission.peek(1).tightest?.reserved).toBe(90n);
    const next = waiting(ask(setting, 1, 20));
    setting.admission.learnInput(call, 5n);
    await settled();
    expect(next.outcomes).toMatchObject([{ outcome: "admitted" }]);
    setting.admission.learnOutput(call, 55);
    expect(setting.admission.peek(1).tightest?.reserved).toBe(80n);
  });

  it("agents are served in turn, and whoever fits does not overtake who waits", async () => {
    const shared = budgetOf({ key: "pool:1", limits: { day: 100n }, reservation: "guaranteed" });
    const setting = setUp({ 1: limitsOf(shared), 2: limitsOf(shared), 3: limitsOf(shared) });
    const served: LiveCall[] = [admitted(ask(setting, 1, 90))];
    for (const agentId of [1, 1, 2, 3, 2]) {
      const answer = ask(setting, agentId, 90);
      if (answer.outcome === "waiting") void answer.turn.then((turn) => served.push(admitted(turn)));
    }
    expect(ask(setting, 3, 1).outcome).toBe("waiting");
    for (let turn = 0; turn < 5; turn += 1) {
      const running = served.at(-1);
      if (running !== undefined) setting.admission.settle(running, { cost: 0n, outputTokens: 0 });
      await settled();
      await settled();
    }
    expect(served.map(({ agentId }) => agentId)).toEqual([1, 1, 2, 3, 1, 2]);
  });

  it("one that waits too long is asked to come again; one that leaves is forgotten", async () => {
    const setting = setUp({ 1: limitsOf(guaranteed(10n)) });
    const call = admitted(ask(setting, 1, 10));
    const [late, gone] = [waiting(ask(setting, 1, 10)), waiting(ask(setting, 1, 10))];
    gone.leave();
    gone.leave();
    setting.clock.advanceTo(NOON + HOLD_MS - 1);
    await settled();
    expect(late.outcomes).toEqual([]);
    setting.clock.advanceTo(NOON + HOLD_MS);
    await settled();
    expect([late.outcomes, gone.outcomes]).toEqual([[{ outcome: "crowded" }], []]);
    setting.admission.settle(call, { cost: 0n, outputTokens: 0 });
    expect(ask(setting, 1, 10).outcome).toBe("admitted");
  });

  it("a long stream keeps the next one back for no longer than the hold time, unless guaranteed", async () => {
    const expected = agentBudget(1, { day: 10n });
    const setting = setUp({ 1: limitsOf(expected) });
    admitted(ask(setting, 1, 10));
    const next = waiting(ask(setting, 1, 10));
    setting.clock.advanceTo(NOON + HOLD_MS);
    await settled();
    expect(next.outcomes).toMatchObject([{ outcome: "admitted" }]);
    expect(ask(setting, 1, 10).outcome).toBe("waiting");
  });

  it("too many who wait are asked to come again at once", () => {
    const setting = setUp({ 1: limitsOf(guaranteed(10n)) });
    admitted(ask(setting, 1, 10));
    const outcomes = Array.from({ length: 2_001 }, () => ask(setting, 1, 10).outcome);
    expect(outcomes.indexOf("crowded")).toBe(2_000);
  });
});
