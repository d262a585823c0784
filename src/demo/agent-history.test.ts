import { describe, expect, it } from "vitest";

import { composeAgentHistory, HISTORY_DAYS } from "#demo/agent-history.ts";
import { DEMO_AGENTS } from "#demo/demo-cast.ts";
import { budgetStanding } from "#domain/budget-status.ts";
import { lastDays, periodAt } from "#domain/period.ts";
import type { SettledCall } from "#ledger/call-record.ts";

/** Every kind of moment at which somebody may start the demo. */
const STARTS = [
  ["on a Tuesday afternoon", "2026-11-24T14:30:00.000Z"],
  ["at midnight sharp", "2026-11-24T00:00:00.000Z"],
  ["in the first seconds of a year", "2027-01-01T00:00:20.000Z"],
  ["on a Sunday", "2026-11-22T12:00:00.000Z"],
  ["at the end of a long month", "2026-12-31T23:59:59.900Z"],
] as const;

const TUESDAY = new Date(STARTS[0][1]);

const compose = (now: Date) =>
  DEMO_AGENTS.map((agent, index) => ({ agent, calls: composeAgentHistory({ ...agent, id: index + 1 }, now) }));
const TUESDAYS_HISTORY = compose(TUESDAY);

const sum = (calls: readonly SettledCall[]) => calls.reduce((total, call) => total + call.listCost, 0n);
const groupBy = (calls: readonly SettledCall[], keyOf: (call: SettledCall) => string) => {
  const groups = new Map<string, SettledCall[]>();
  for (const call of calls) groups.set(keyOf(call), [...(groups.get(keyOf(call)) ?? []), call]);
  return [...groups.values()];
};
const since = (calls: readonly SettledCall[], at: Date) => calls.filter((call) => call.admittedAt >= at);

describe.each(STARTS)("a demo started %s", (_when, instant) => {
  const now = new Date(instant);
  const [today, month] = [periodAt("day", now).start, periodAt("month", now).start];
  const history = now.getTime() === TUESDAY.getTime() ? TUESDAYS_HISTORY : compose(now);
  const all = history.flatMap(({ calls }) => calls);
  const callsOf = (name: string) => history.find(({ agent }) => agent.name === name)?.calls ?? [];
  const standingOf = (name: string) => {
    const { agent, calls } = history.find((entry) => entry.agent.name === name) ?? {};
    if (!agent?.budget || !calls) throw new Error(`${name} has no budget`);
    return budgetStanding(agent.budget, { day: sum(since(calls, today)), month: sum(since(calls, month)) }, now);
  };

  it("looks back on 30 days, and on nothing that has yet to happen", () => {
    expect(all.length).toBeGreaterThanOrEqual(8_000);
    expect(all.length).toBeLessThanOrEqual(20_000);
    expect(all.every(({ admittedAt }) => admittedAt <= now)).toBe(true);
    const { start } = lastDays(HISTORY_DAYS, now);
    expect(all.every(({ admittedAt }) => admittedAt >= start)).toBe(true);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it("has an agent near its limit, one that is stopped, one past a limit that only warns, and one that is fine", () => {
    expect(standingOf("code-reviewer")).toMatchObject({ state: "near", day: { usedPercent: 84 } });
    expect(standingOf("nightly-refactor")).toMatchObject({ state: "blocked", actionOnExceed: "block" });
    expect(standingOf("research-bot")).toMatchObject({ state: "reached", actionOnExceed: "warn" });
    expect(standingOf("support-triage").state).toBe("ok");
    expect(sum(since(callsOf("docs-writer"), today))).toBeGreaterThan(0n);
    expect(history.find(({ agent }) => agent.name === "docs-writer")?.agent.budget).toBeNull();
    expect(callsOf("data-migration")).toEqual([]);
  });

  it("lets a stopped agent try in vain, today and on a day before", () => {
    const refused = callsOf("nightly-refactor").filter(({ outcome }) => outcome === "refused");
    const refusedToday = since(refused, today);
    expect(refusedToday).toHaveLength(11);
    expect(refused.length).toBeGreaterThan(refusedToday.length + 3);
    expect(refused.every((call) => call.listCost === 0n && call.status === 402 && call.pricedAs === "none")).toBe(true);
    const allowed = since(callsOf("nightly-refactor"), today).filter(({ outcome }) => outcome !== "refused");
    expect(allowed.every((call) => refusedToday.every((later) => later.admittedAt >= call.admittedAt))).toBe(true);
  });

  it("overshoots a blocking limit by no more than the call that reached it", () => {
    for (const { agent, calls } of history) {
      const limit = agent.budget?.limits.day;
      if (agent.budget?.actionOnExceed !== "block" || !limit) continue;
      for (const ofDay of groupBy(calls, (call) => call.admittedAt.toISOString().slice(0, 10))) {
        const charged = ofDay.filter((call) => call.listCost > 0n);
        expect(sum(charged.slice(0, -1))).toBeLessThan(limit);
      }
    }
  });

  it("shows everything a ledger can hold", () => {
    expect(all.some((call) => call.model === "claude-opus-6-preview" && call.pricedAs === "family")).toBe(true);
    for (const model of ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-4-8"]) {
      expect(all.filter((call) => call.model === model).length).toBeGreaterThan(50);
    }
    const failed = all.filter(({ outcome }) => outcome === "failed");
    expect(failed.length).toBeGreaterThan(5);
    expect(failed.every((call) => call.status === 529 && call.errorType === "overloaded_error")).toBe(true);
    const incomplete = all.filter(({ outcome }) => outcome === "incomplete");
    expect(incomplete.length).toBeGreaterThan(5);
    expect(incomplete.every((call) => call.isEstimated && call.listCost > 0n)).toBe(true);
    expect(all.some((call) => call.subagentId !== null)).toBe(true);
    expect(all.some((call) => (call.webSearchRequests ?? 0) > 0)).toBe(true);
    expect(all.some((call) => (call.cacheCreation5mInputTokens ?? 0) > 0)).toBe(true);
    expect(all.some((call) => (call.cacheCreation1hInputTokens ?? 0) > 0)).toBe(true);
  });
});

describe("the demo's history", () => {
  const history = TUESDAYS_HISTORY;
  const callsOf = (name: string) => history.find(({ agent }) => agent.name === name)?.calls ?? [];

  it("is the same for the same instant", () => {
    for (const [index, { agent, calls }] of history.entries()) {
      const again = composeAgentHistory({ ...agent, id: index + 1 }, TUESDAY);
      expect(again.map(({ id, listCost }) => [id, listCost])).toEqual(calls.map(({ id, listCost }) => [id, listCost]));
    }
  });

  it("rests at night and at weekends, except for those who work then", () => {
    const calls = callsOf("code-reviewer");
    const share = (holds: (at: Date) => boolean) =>
      calls.filter(({ admittedAt }) => holds(admittedAt)).length / calls.length;
    expect(calls.length).toBeGreaterThan(1_000);
    expect(share((at) => at.getUTCHours() < 5 || at.getUTCHours() > 20)).toBeLessThan(0.02);
    expect(share((at) => [0, 6].includes(at.getUTCDay()))).toBeLessThan(0.12);
    const byDay = callsOf("nightly-refactor").filter(
      ({ admittedAt: at }) => at.getUTCHours() >= 8 && at.getUTCHours() < 20,
    );
    expect(byDay).toEqual([]);
  });

  it("consists of sessions whose conversations grow in the upstream's cache", () => {
    const calls = history.flatMap((entry) => entry.calls).filter((call) => call.outcome === "completed");
    const long = groupBy(calls, (call) => `${call.sessionId} ${call.subagentId}`).filter(({ length }) => length >= 8);
    expect(long.length).toBeGreaterThan(100);
    const readAt = (session: readonly SettledCall[], index: number) => session.at(index)?.cacheReadInputTokens ?? 0;
    const growing = long.filter((session) => readAt(session, -1) > readAt(session, 0));
    expect(growing.length / long.length).toBeGreaterThan(0.9);
  });
});
