import { expect, test } from "vitest";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { limitsText, matchesBudgetSearch, stateRank, stateText } from "#portal/ui/budgets/prepare-budget-rows.ts";

type Row = BudgetOverview["agents"][number];

function row(state: Row["budget"]["state"], isPaused = false): Row {
  const period = { spent: 0n, limit: null, savedLimit: null, usedPercent: null, resetsAt: new Date(0) };
  return {
    name: "a",
    poolId: null,
    stoppedBy: null,
    pause: isPaused ? { at: new Date(0), by: "Ada", reason: "r" } : null,
    forecast: { day: null, month: null },
    budget: {
      actionOnExceed: "block",
      day: period,
      month: period,
      warningThresholds: [],
      state,
      timeZone: "UTC",
      reservation: "expected",
      hardStop: false,
      pauseOnRunaway: false,
      followsDefault: false,
      version: 1,
      updatedAt: null,
      updatedBy: null,
    },
  };
}

test("what needs a look comes first: paused, blocked, over, near, within, unlimited", () => {
  const rows = [row("none"), row("blocked"), row("ok", true), row("near"), row("reached"), row("ok")];
  expect(rows.toSorted((a, b) => stateRank(b) - stateRank(a)).map(stateText)).toEqual([
    "paused",
    "blocked",
    "over limit",
    "near limit",
    "within",
    "no limit",
  ]);
});

test("limits are said in a line", () => {
  expect(limitsText({ day: 10_000_000_000n, month: null }, "block")).toBe("$10.00 a day; blocks");
  expect(limitsText({ day: null, month: 5_000_000_000n }, "none")).toBe("$5.00 a month; only shown");
  expect(limitsText({ day: null, month: null }, "warn")).toBe("No limit");
});

test("a search finds agents by name and by pool", () => {
  expect(matchesBudgetSearch({ name: "builder", pool: "Research" }, "build RES")).toBe(true);
  expect(matchesBudgetSearch({ name: "builder", pool: null }, "research")).toBe(false);
  expect(matchesBudgetSearch({ name: "builder", pool: null }, "")).toBe(true);
});

test("an agent that its pool or the fleet stops is called blocked, by whom, and sorted as such", () => {
  const byPool: Row = { ...row("ok"), stoppedBy: { scope: "pool", name: "Research" } };
  const byFleet: Row = { ...row("none"), stoppedBy: { scope: "fleet", name: "fleet" } };
  expect([byPool, byFleet].map(stateText)).toEqual(["blocked by its pool", "blocked by the fleet"]);
  expect([byPool, byFleet].map(stateRank)).toEqual([stateRank(row("blocked")), stateRank(row("blocked"))]);
});
