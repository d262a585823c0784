import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { findInsights, type Insight, type InsightDay, type InsightFacts, LEAST, TELLING } from "#domain/insights.ts";

const DAY_MS = 86_400_000;
const START = new Date("2026-03-01T00:00:00.000Z");
const USD = 1_000_000_000n;

const day = (index: number, rest: Partial<InsightDay> = {}): InsightDay => ({
  dayStart: new Date(START.getTime() + index * DAY_MS),
  listCost: USD,
  promptTokens: 2_000_000,
  cacheReadTokens: 1_600_000,
  ...rest,
});
const NOT_LOOKED = { listCost: 0n, subagentCost: 0n, heavyRequests: 0, heavyCost: 0n, unreadWriteCost: 0n };
const facts = (rest: Partial<InsightFacts> = {}): InsightFacts => ({
  span: { start: START, end: new Date(START.getTime() + 7 * DAY_MS) },
  requests: 1_000,
  failedRequests: 0,
  refusedRequests: 0,
  days: Array.from({ length: 7 }, (_, index) => day(index)),
  looked: NOT_LOOKED,
  ...rest,
});
const looked = (rest: Partial<InsightFacts["looked"]>) => ({ looked: { ...NOT_LOOKED, listCost: 10n * USD, ...rest } });
const kinds = (found: readonly Insight[]) => found.map(({ kind }) => kind);

describe("what is told", () => {
  it("is nothing of days that are like each other", () => {
    expect(findInsights(facts())).toEqual([]);
  });

  it("cache writes that nobody read, from a tenth of the cost on", () => {
    expect(findInsights(facts(looked({ unreadWriteCost: USD })))).toEqual([
      { kind: "unread-writes", share: 0.1, cost: USD },
    ]);
    expect(findInsights(facts(looked({ unreadWriteCost: USD - 1n })))).toEqual([]);
  });

  it("what sub-agents cost, from three tenths on", () => {
    expect(findInsights(facts(looked({ subagentCost: 3n * USD })))).toEqual([
      { kind: "subagents", share: 0.3, cost: 3n * USD },
    ]);
    expect(findInsights(facts(looked({ subagentCost: 3n * USD - 1n })))).toEqual([]);
  });

  it("heavy calls, however few", () => {
    expect(findInsights(facts(looked({ heavyRequests: 1, heavyCost: 5n })))).toEqual([
      { kind: "heavy-calls", count: 1, cost: 5n },
    ]);
  });

  it("a day of three times the usual, which it does not raise itself", () => {
    const of = (listCost: bigint) => facts({ days: [day(0), day(1), day(2), day(3), day(4, { listCost })] });
    expect(findInsights(of(3n * USD))).toEqual([
      { kind: "dear-day", dayStart: day(4).dayStart, times: 3, cost: 3n * USD },
    ]);
    expect(findInsights(of(3n * USD - 1n))).toEqual([]);
    expect(findInsights(facts({ days: [day(0), day(1), day(2), day(3, { listCost: 9n * USD })] }))).toEqual([]);
    const cheap = [0, 1, 2, 3].map((index) => day(index, { listCost: 1n }));
    expect(findInsights(facts({ days: [...cheap, day(4, { listCost: LEAST.dearDayCost - 1n })] }))).toEqual([]);
  });

  it("a cache that is used less since a day, by a fifth of the prompts", () => {
    const lastDays = (cacheReadTokens: number) => [5, 6].map((index) => day(index, { cacheReadTokens }));
    const before = [0, 1, 2, 3, 4].map((index) => day(index));
    expect(findInsights(facts({ days: [...before, ...lastDays(700_000)] }))).toEqual([
      { kind: "cache-fell", before: 0.8, after: 0.35, since: day(5).dayStart },
    ]);
    expect(findInsights(facts({ days: [...before, ...lastDays(1_210_000)] }))).toEqual([]);
    const few = day(5, { promptTokens: LEAST.promptTokensOnEachSide - 1, cacheReadTokens: 0 });
    expect(findInsights(facts({ days: [...before.slice(0, 1), few] }))).toEqual([]);
  });

  it("failures as a share of what was let through, and how many calls were refused", () => {
    expect(findInsights(facts({ failedRequests: 20 }))).toEqual([{ kind: "failed", share: 0.02, count: 20 }]);
    expect(findInsights(facts({ failedRequests: 19 }))).toEqual([]);
    expect(findInsights(facts({ requests: 49, failedRequests: 49 }))).toEqual([]);
    expect(kinds(findInsights(facts({ failedRequests: 2, refusedRequests: 951 })))).toEqual(["refused"]);
  });
});

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
const tokens = fc.integer({ min: 0, max: 10 ** 10 });
const anyFacts = fc.record({
  requests: fc.nat(100_000),
  failed: fc.nat(100_000),
  refused: fc.nat(100_000),
  costs: fc.array(
    fc.record({ listCost: amount, promptTokens: tokens, cacheShare: fc.double({ min: 0, max: 1, noNaN: true }) }),
    { maxLength: 30 },
  ),
  listCost: amount,
  parts: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
  heavyRequests: fc.nat(1_000),
});

function isTelling(insight: Insight): boolean {
  switch (insight.kind) {
    case "unread-writes":
      return insight.share >= TELLING.unreadShare && insight.share <= 1;
    case "subagents":
      return insight.share >= TELLING.subagentShare && insight.share <= 1;
    case "failed":
      return insight.share >= TELLING.failedShare && insight.share <= 1;
    case "dear-day":
      return insight.times >= TELLING.dearDayTimes;
    case "cache-fell":
      return insight.before - insight.after >= TELLING.cacheHitDrop;
    default:
      return insight.count > 0;
  }
}

describe("whatever the figures", () => {
  it("shares are shares, every figure reaches what makes it telling, and nothing is told twice", () => {
    fc.assert(
      fc.property(anyFacts, ({ requests, failed, refused, costs, listCost, parts, heavyRequests }) => {
        const part = (share: number) => (listCost * BigInt(Math.round(share * 1_000))) / 1_000n;
        const found = findInsights(
          facts({
            requests: requests + failed + refused,
            failedRequests: failed,
            refusedRequests: refused,
            days: costs.map(({ listCost: cost, promptTokens, cacheShare }, index) =>
              day(index, { listCost: cost, promptTokens, cacheReadTokens: Math.floor(promptTokens * cacheShare) }),
            ),
            looked: {
              listCost,
              subagentCost: part(parts[0]),
              unreadWriteCost: part(parts[1]),
              heavyRequests,
              heavyCost: 0n,
            },
          }),
        );
        expect(new Set(kinds(found)).size).toBe(found.length);
        expect(found.filter((insight) => !isTelling(insight))).toEqual([]);
      }),
    );
  });

  it("says nothing of no calls", () => {
    expect(findInsights(facts({ requests: 0, days: [] }))).toEqual([]);
  });
});
