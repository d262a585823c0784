import { expect, test } from "vitest";

import { budgetPressure, compareValues, matchesSearch, prepareFleetSummary } from "#portal/ui/agents/prepare-agents.ts";
import type { BudgetStatus, StoppedBy } from "#portal/ui/budget/prepare-budget.ts";

function agent(name: string, state: BudgetStatus["state"], today: bigint) {
  const period = { spent: today, limit: null, usedPercent: null, resetsAt: new Date(0) };
  const budget: BudgetStatus = {
    actionOnExceed: "block",
    state,
    warningThresholds: [],
    timeZone: "UTC",
    day: period,
    month: period,
  };
  return {
    name,
    owner: { name: "Ada Lovelace" },
    type: "reviewer",
    template: "local:review",
    today,
    month: today * 10n,
    requestsToday: 3,
    budget,
    stoppedBy: null as StoppedBy | null, // as most are
  };
}

test("the fleet is the exact sum of its agents, and counts those that need a look", () => {
  const summary = prepareFleetSummary([
    agent("a", "blocked", 1n),
    agent("b", "near", 2n),
    agent("c", "near", 3n),
    agent("d", "ok", 4n),
  ]);
  expect(summary).toEqual({
    today: 10n,
    month: 100n,
    requestsToday: 12,
    attention: "1 blocked, 2 near",
    isBlocking: true,
  });
});

test("while all are within their limits nothing asks for attention", () => {
  expect(prepareFleetSummary([agent("a", "ok", 1n), agent("b", "none", 1n)])).toMatchObject({
    attention: null,
    isBlocking: false,
  });
});

test.each([
  ["", true],
  ["BUILD", true],
  ["ada builder", true],
  ["lovelace rev", true],
  ["local:review", true],
  ["ada tester", false],
])("searching %j in builder of Ada Lovelace, a reviewer by the template local:review: %s", (search, isFound) => {
  expect(matchesSearch(agent("builder", "ok", 0n), search)).toBe(isFound);
});

test("amounts beyond the range of a number still sort exactly", () => {
  const amounts = [9_007_199_254_740_993n, 9_007_199_254_740_992n, null];
  expect(amounts.toSorted(compareValues)).toEqual([null, 9_007_199_254_740_992n, 9_007_199_254_740_993n]);
});

test("a budget is as pressing as its tightest period", () => {
  const { budget } = agent("a", "ok", 0n);
  expect(
    budgetPressure({
      budget: { ...budget, day: { ...budget.day, usedPercent: 12 }, month: { ...budget.month, usedPercent: 85 } },
      stoppedBy: null,
    }),
  ).toBe(85);
  expect(budgetPressure({ budget, stoppedBy: null })).toBeNull();
});

test("an agent that its pool or the fleet stops counts as blocked, and comes before those with room", () => {
  const stopped = { ...agent("a", "ok", 1n), stoppedBy: { scope: "pool", name: "Research" } as const };
  expect(prepareFleetSummary([stopped, agent("b", "ok", 1n)])).toMatchObject({
    attention: "1 blocked",
    isBlocking: true,
  });
  expect(budgetPressure(stopped)).toBe(100);
});
