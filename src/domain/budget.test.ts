import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  BUDGET_ACTIONS,
  type BudgetRule,
  decideBudget,
  limitAt,
  reachedThresholds,
  WARN_AT_PERCENT,
} from "#domain/budget.ts";
import { budgetOf } from "#testing/budgets.ts";

const block = (limits: BudgetRule["limits"]): BudgetRule => ({
  limits,
  actionOnExceed: "block",
  warningThresholds: [50, 80, 100],
});

describe("decideBudget", () => {
  const budget = block({ day: 10n, month: 100n });

  it.each([
    [{ day: 0n, month: 0n }, { outcome: "allow" }],
    [{ day: 7n, month: 79n }, { outcome: "allow" }],
    [
      { day: 8n, month: 8n },
      { outcome: "warn", period: "day", spent: 8n, limit: 10n },
    ],
    [
      { day: 9n, month: 80n },
      { outcome: "warn", period: "month", spent: 80n, limit: 100n },
    ],
    [
      { day: 10n, month: 10n },
      { outcome: "block", period: "day", spent: 10n, limit: 10n },
    ],
    [
      { day: 3n, month: 100n },
      { outcome: "block", period: "month", spent: 100n, limit: 100n },
    ],
    [
      { day: 99n, month: 199n },
      { outcome: "block", period: "month", spent: 199n, limit: 100n },
    ],
  ])("of 10 a day and 100 a month (%#)", (spend, decision) => {
    expect(decideBudget(budget, spend)).toEqual(decision);
  });

  it("a limit of 0 blocks the first call, and no limit never blocks", () => {
    expect(decideBudget(block({ day: 0n, month: null }), { day: 0n, month: 0n })).toMatchObject({ outcome: "block" });
    expect(decideBudget(block({ day: null, month: null }), { day: 10n ** 18n, month: 10n ** 18n })).toEqual({
      outcome: "allow",
    });
  });

  it("watches without blocking, or not at all, where that is what was asked", () => {
    const spend = { day: 50n, month: 50n };
    expect(decideBudget({ ...budget, actionOnExceed: "warn" }, spend)).toMatchObject({
      outcome: "warn",
      period: "day",
    });
    expect(decideBudget({ ...budget, actionOnExceed: "none" }, spend)).toEqual({ outcome: "allow" });
  });
});

const amount = fc.bigInt({ min: 0n, max: 10n ** 17n });
const limit = fc.option(amount, { nil: null });
const budgets = fc.record({
  limits: fc.record({ day: limit, month: limit }),
  actionOnExceed: fc.constantFrom(...BUDGET_ACTIONS),
  warningThresholds: fc.constant([50, 80, 100]),
});

describe("decideBudget, for any budget and spend", () => {
  it("blocks exactly when it is asked to block and spend has reached a limit", () => {
    fc.assert(
      fc.property(budgets, amount, amount, (budget, day, month) => {
        const { limits, actionOnExceed } = budget;
        const isReached =
          (limits.day !== null && day >= limits.day) || (limits.month !== null && month >= limits.month);
        const { outcome } = decideBudget(budget, { day, month });
        expect(outcome === "block").toBe(isReached && actionOnExceed === "block");
        if (actionOnExceed === "none") expect(outcome).toBe("allow");
      }),
    );
  });

  it("names a period that has really come so far, with its own figures", () => {
    fc.assert(
      fc.property(budgets, amount, amount, (budget, day, month) => {
        const decision = decideBudget(budget, { day, month });
        if (decision.outcome === "allow") return;
        expect(decision.limit).toBe(budget.limits[decision.period]);
        expect(decision.spent).toBe({ day, month }[decision.period]);
        expect(decision.spent * 100n >= decision.limit * BigInt(WARN_AT_PERCENT)).toBe(true);
      }),
    );
  });

  it("is never stricter with less spend", () => {
    const rank = { allow: 0, warn: 1, block: 2 };
    fc.assert(
      fc.property(budgets, amount, amount, amount, (budget, day, month, more) => {
        const before = decideBudget(budget, { day, month }).outcome;
        const after = decideBudget(budget, { day: day + more, month: month + more }).outcome;
        expect(rank[after]).toBeGreaterThanOrEqual(rank[before]);
      }),
    );
  });
});

describe("reachedThresholds", () => {
  it.each([
    [0n, []],
    [49n, []],
    [50n, [50]],
    [79n, [50]],
    [99n, [50, 80]],
    [100n, [50, 80, 100]],
    [500n, [50, 80, 100]],
  ])("a spend of %d of 100 has reached %j", (spent, reached) => {
    expect(reachedThresholds(spent, 100n, [80, 100, 50])).toEqual(reached);
  });

  it("is exact where a percent of the limit is no whole nano-dollar", () => {
    expect(reachedThresholds(2n, 3n, [50])).toEqual([50]);
    expect(reachedThresholds(1n, 3n, [50])).toEqual([]);
  });

  it("a limit of 0 has no shares to reach", () => {
    expect(reachedThresholds(1n, 0n, [50, 100])).toEqual([]);
  });
});

describe("limitAt", () => {
  const from = (startsAt: string, endsAt: string, amount: bigint) => ({
    period: "day" as const,
    amount,
    startsAt: new Date(startsAt),
    endsAt: new Date(endsAt),
  });
  const increases = [
    from("2026-11-24T10:00:00Z", "2026-11-24T12:00:00Z", 5n),
    from("2026-11-24T11:00:00Z", "2026-11-24T13:00:00Z", 3n),
  ];
  const budget = budgetOf({ limits: { day: 10n, month: 100n }, increases });

  it.each([
    ["09:59:59.999", 10n],
    ["10:00:00", 15n],
    ["11:00:00", 18n],
    ["12:00:00", 13n],
    ["13:00:00", 10n],
  ])("at %s it is %d: with what is in force then", (time, limit) => {
    const at = new Date(`2026-11-24T${time}Z`);
    expect(limitAt(budget, "day", at)).toBe(limit);
    expect(limitAt(budget, "month", at)).toBe(100n);
  });

  it("no limit stays none", () => {
    const unlimited = budgetOf({ limits: { day: null, month: 1n }, increases });
    expect(limitAt(unlimited, "day", new Date("2026-11-24T11:00:00Z"))).toBeNull();
  });
});
