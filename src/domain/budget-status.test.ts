import { describe, expect, it } from "vitest";

import type { BudgetRule } from "#domain/budget.ts";
import { budgetStanding, isBudgetAction } from "#domain/budget-status.ts";

const NOW = new Date("2026-12-31T23:59:59.999Z");
const budget = (
  day: bigint | null,
  month: bigint | null,
  actionOnExceed: BudgetRule["actionOnExceed"] = "block",
): BudgetRule => ({
  limits: { day, month },
  actionOnExceed,
  warningThresholds: [50, 80, 100],
});

describe("where a budget stands", () => {
  it.each([
    [budget(null, null), { day: 5n, month: 5n }, "none"],
    [budget(100n, null), { day: 0n, month: 0n }, "ok"],
    [budget(100n, null), { day: 79n, month: 79n }, "ok"],
    [budget(1000n, null), { day: 799n, month: 799n }, "ok"],
    [budget(100n, null), { day: 80n, month: 80n }, "near"],
    [budget(100n, null), { day: 100n, month: 100n }, "blocked"],
    [budget(100n, null, "warn"), { day: 100n, month: 100n }, "reached"],
    [budget(100n, null, "none"), { day: 300n, month: 300n }, "reached"],
    [budget(100n, 1000n), { day: 0n, month: 1000n }, "blocked"],
    [budget(100n, 1000n), { day: 10n, month: 850n }, "near"],
    [budget(0n, null), { day: 0n, month: 0n }, "blocked"],
    [budget(0n, null, "warn"), { day: 0n, month: 0n }, "reached"],
  ] as const)("is told from limits and spend (case %#)", (limits, spend, state) => {
    expect(budgetStanding(limits, spend, NOW).state).toBe(state);
  });

  it("rounds the used share down, so that 100 % means reached", () => {
    expect(budgetStanding(budget(3n, null), { day: 2n, month: 2n }, NOW).day.usedPercent).toBe(66);
    expect(budgetStanding(budget(1000n, null), { day: 999n, month: 999n }, NOW).day.usedPercent).toBe(99);
    expect(budgetStanding(budget(null, 1n), { day: 0n, month: 500n }, NOW)).toMatchObject({
      day: { usedPercent: null },
      month: { usedPercent: 50_000 },
    });
  });

  it("resets at the end of the UTC day and month", () => {
    const standing = budgetStanding(budget(1n, 1n), { day: 0n, month: 0n }, NOW);
    expect(standing.day.resetsAt).toEqual(new Date("2027-01-01"));
    expect(standing.month.resetsAt).toEqual(new Date("2027-01-01"));
  });
});

it.each([
  ["block", true],
  ["warn", true],
  ["none", true],
  ["stop", false],
  ["", false],
])("the action %j is known: %s", (text, isKnown) => {
  expect(isBudgetAction(text)).toBe(isKnown);
});
