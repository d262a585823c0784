import { describe, expect, it } from "vitest";

import { type AlertFacts, alertFigures, alertHeadline, toAlertDetail } from "#domain/alert.ts";

const FACTS: AlertFacts = {
  kind: "threshold",
  scope: "agent",
  agentName: "builder",
  poolName: null,
  period: "day",
  periodStart: new Date("2026-11-24T00:00:00Z"),
  thresholdPercent: 80,
  limit: 10_000_000_000n,
  spent: 8_120_000_000n,
  at: new Date("2026-11-24T12:00:00Z"),
  detail: toAlertDetail(null),
  increase: null,
};
const ASKED = {
  period: "month",
  amount: 20_000_000_000n,
  reason: "release week",
  requestedByName: "Olga",
  endsAt: new Date("2026-12-01T00:00:00Z"),
} as const;
const UNROUTED = toAlertDetail({ unrouted: { amount: "1200000000", reported: "9999999999" } });

describe("the headline of an alert", () => {
  it.each([
    [{}, "builder has spent 80 % of its daily limit"],
    [{ thresholdPercent: 100, period: "month" }, "builder has reached its monthly limit"],
    [{ thresholdPercent: 120 }, "builder has spent 120 % of its daily limit"],
    [{ scope: "pool", poolName: "research" }, "The pool research has spent 80 % of its daily limit"],
    [{ scope: "pool", poolName: null }, "A pool has spent 80 % of its daily limit"],
    [{ scope: "fleet" }, "The fleet has spent 80 % of its daily limit"],
    [{ agentName: null }, "An agent has spent 80 % of its daily limit"],
    [{ kind: "runaway" }, "builder is spending far faster than usual"],
    [{ kind: "repetition" }, "builder is sending the same request again and again"],
    [{ kind: "request", increase: ASKED }, "Olga asks for $20.00 more a month for builder"],
    [{ kind: "unrouted", detail: UNROUTED }, "12 % of builder's reported cost did not pass the gateway"],
    [{ kind: "unrouted" }, "A large part of builder's reported cost did not pass the gateway"],
    [
      { kind: "unrouted", agentName: null, detail: UNROUTED },
      "12 % of an agent's reported cost did not pass the gateway",
    ],
    [{ kind: "request", scope: "fleet", increase: ASKED }, "Olga asks for $20.00 more a month for the fleet"],
    [{ kind: "request" }, "More is asked for builder"],
  ] as const)("%#: %o is said as %s", (change, headline) => {
    expect(alertHeadline({ ...FACTS, ...change })).toBe(headline);
  });
});

describe("the figures of an alert", () => {
  it("are the agent, the period, the spend, the limit, and where it is going", () => {
    const forecast = { limitReachedAt: new Date("2026-11-24T15:40:00Z"), periodEndSpend: 14_000_000_000n };
    expect(alertFigures({ ...FACTS, detail: { ...FACTS.detail, forecast } })).toEqual([
      { label: "Agent", value: "builder" },
      { label: "Period", value: "day from 24 Nov 2026, 00:00 UTC" },
      { label: "Spent", value: "$8.12" },
      { label: "Limit", value: "$10.00" },
      { label: "Limit reached", value: "at about 24 Nov 2026, 15:40 UTC, at this pace" },
      { label: "Period ends at", value: "about $14.00, at this pace" },
    ]);
  });

  it("say where the spend is Claude Code's own figure", () => {
    const figures = alertFigures({ ...FACTS, detail: toAlertDetail({ isReported: true }) });
    expect(figures).toContainEqual({ label: "Spent", value: "$8.12, reported by Claude Code" });
  });

  it("leave out what is not known", () => {
    expect(alertFigures({ ...FACTS, spent: null, limit: null }).map(({ label }) => label)).toEqual(["Agent", "Period"]);
  });

  it("of a pool name it, and the agent whose call it was", () => {
    const figures = alertFigures({ ...FACTS, scope: "pool", poolName: "research" });
    expect(figures.slice(0, 2)).toEqual([
      { label: "Pool", value: "research" },
      { label: "Latest call by", value: "builder" },
    ]);
  });

  it("of a runaway compare with the agent's habit", () => {
    const detail = toAlertDetail({
      pace: { windowMinutes: 20, spent: "4000000000", usual: "500000000" },
      isPaused: true,
    });
    const figures = alertFigures({ ...FACTS, kind: "runaway", spent: null, limit: null, detail });
    expect(figures.slice(1)).toEqual([
      { label: "Noticed", value: "24 Nov 2026, 12:00 UTC" },
      { label: "Last 20 min", value: "$4.00; usually $0.50" },
      { label: "Paused", value: "its calls are refused until an admin resumes it" },
    ]);
  });

  it("of calls past the gateway say of which day, and how much", () => {
    const facts: AlertFacts = { ...FACTS, kind: "unrouted", thresholdPercent: null, spent: null, limit: null };
    expect(alertFigures({ ...facts, detail: UNROUTED })).toEqual([
      { label: "Agent", value: "builder" },
      { label: "Period", value: "day from 24 Nov 2026, 00:00 UTC" },
      { label: "Past the gateway", value: "$1.20 of $10.00 that Claude Code reported" },
    ]);
  });

  it("of a request say who asks for how much, until when and why", () => {
    expect(alertFigures({ ...FACTS, kind: "request", increase: ASKED }).slice(-3)).toEqual([
      { label: "Asked for", value: "$20.00 more a month, until 1 Dec 2026, 00:00 UTC" },
      { label: "Asked by", value: "Olga" },
      { label: "Reason", value: "release week" },
    ]);
  });
});

describe("what a stored detail says", () => {
  it.each([
    [null],
    ["text"],
    [[]],
    [{ forecast: { limitReachedAt: "soon", periodEndSpend: "-1" }, pace: { spent: 4 }, repeats: { count: "3" } }],
    [{ unrouted: { amount: "12" } }],
  ])("is nothing for %j", (stored) => {
    expect(toAlertDetail(stored)).toEqual({
      forecast: null,
      pace: null,
      repeats: null,
      unrouted: null,
      isReported: false,
      isPaused: false,
    });
  });

  it("is read exactly", () => {
    const stored = {
      forecast: { limitReachedAt: "2026-11-24T15:40:00.000Z", periodEndSpend: "9007199254740993" },
      repeats: { count: 12, windowMinutes: 10 },
      unrouted: { amount: "9007199254740993", reported: "9007199254740994" },
      isReported: true,
    };
    expect(toAlertDetail(stored)).toEqual({
      forecast: { limitReachedAt: new Date("2026-11-24T15:40:00Z"), periodEndSpend: 9_007_199_254_740_993n },
      pace: null,
      repeats: { count: 12, windowMinutes: 10 },
      unrouted: { amount: 9_007_199_254_740_993n, reported: 9_007_199_254_740_994n },
      isReported: true,
      isPaused: false,
    });
  });
});
