import { expect, test } from "vitest";

import { parseUsd } from "#domain/money.ts";
import {
  type BudgetStatus,
  moreAbove,
  prepareBanner,
  preparePeriod,
  prepareTightest,
  stateWord,
  stoppedByText,
} from "#portal/ui/budget/prepare-budget.ts";

const now = new Date("2026-11-24T14:30:00Z");

function usd(text: string): bigint {
  return parseUsd(text) ?? 0n;
}

function period(spent: string, limit: string | null, resetsAt: string): BudgetStatus["day"] {
  const [used, most] = [usd(spent), limit === null ? null : usd(limit)];
  const usedPercent = most === null || most === 0n ? null : Number((used * 100n) / most);
  return { spent: used, limit: most, usedPercent, resetsAt: new Date(resetsAt) };
}

function budget(
  change: Partial<BudgetStatus> & {
    daySpent?: string;
    dayLimit?: string | null;
    monthSpent?: string;
    monthLimit?: string | null;
  },
): BudgetStatus {
  const { daySpent = "2.47", dayLimit = "10", monthSpent = "31", monthLimit = "100", ...rest } = change;
  return {
    actionOnExceed: "block",
    state: "ok",
    warningThresholds: [50, 80, 100],
    timeZone: "UTC",
    day: period(daySpent, dayLimit, "2026-11-25T00:00:00Z"),
    month: period(monthSpent, monthLimit, "2026-12-01T00:00:00Z"),
    ...rest,
  };
}

test("a bar says in words what it shows", () => {
  expect(preparePeriod(budget({ daySpent: "8.20" }), "day", now)).toEqual({
    period: "day",
    fillPercent: 82,
    tone: "near",
    marks: [50, 80, 100],
    words: "82 % of $10.00 today",
    resets: "resets 00:00 UTC",
  });
});

test("without a limit there is no bar, only what was spent", () => {
  const view = preparePeriod(budget({ monthLimit: null }), "month", now);
  expect(view).toMatchObject({ fillPercent: null, tone: "plain", words: "$31.00 this month, no limit" });
});

test("a bar never runs over its end, its words tell the true share", () => {
  const view = preparePeriod(budget({ daySpent: "12.50" }), "day", now);
  expect(view).toMatchObject({ fillPercent: 100, tone: "stop", words: "125 % of $10.00 today" });
});

test("warnings are marked where the budget has them, and only where somebody is warned", () => {
  expect(preparePeriod(budget({ warningThresholds: [25] }), "day", now).marks).toEqual([25]);
  expect(preparePeriod(budget({ actionOnExceed: "none" }), "day", now).marks).toEqual([]);
  expect(preparePeriod(budget({ dayLimit: null }), "day", now).marks).toEqual([]);
});

test("a budget of another zone resets by that zone's clocks", () => {
  expect(preparePeriod(budget({ timeZone: "Asia/Kolkata" }), "day", now).resets).toBe("resets 05:30 Asia/Kolkata");
});

test("a limit of zero is a full bar from the start", () => {
  expect(preparePeriod(budget({ daySpent: "0", dayLimit: "0" }), "day", now)).toMatchObject({
    fillPercent: 100,
    tone: "stop",
  });
});

test("a budget that only counts is never shown as an alarm", () => {
  expect(preparePeriod(budget({ actionOnExceed: "none", daySpent: "12" }), "day", now).tone).toBe("plain");
});

test("the tightest period stands for the agent, the month on a tie", () => {
  expect(prepareTightest(budget({ daySpent: "8" }))?.period).toBe("day");
  expect(prepareTightest(budget({ daySpent: "1", monthSpent: "10" }))?.period).toBe("month");
  expect(prepareTightest(budget({ dayLimit: null, monthLimit: null, state: "none" }))).toBeNull();
});

test("among two that are over, the one further over stands for the agent", () => {
  expect(prepareTightest(budget({ daySpent: "30", monthSpent: "101" }))?.words).toBe("300 % of $10.00 today");
});

test("a blocked agent's banner says until when, how much, and what helps", () => {
  expect(prepareBanner(budget({ state: "blocked", daySpent: "10.02" }), now)).toEqual({
    tone: "stop",
    title: "Blocked until 00:00 UTC: $10.02 of $10.00 used today.",
    body: "Raise the limit to let it continue.",
  });
});

test("with both limits reached the later reset is the one to report", () => {
  const banner = prepareBanner(budget({ state: "blocked", daySpent: "10.02", monthSpent: "100.20" }), now);
  expect(banner?.title).toBe("Blocked until 1 Dec, 00:00 UTC: $100.20 of $100.00 used this month.");
});

test("warnings say what will happen at the limit", () => {
  expect(prepareBanner(budget({ state: "near", daySpent: "8.2" }), now)?.body).toBe(
    "At the limit the next call is refused.",
  );
  const reached = prepareBanner(budget({ state: "reached", actionOnExceed: "warn", daySpent: "10.02" }), now);
  expect(reached).toMatchObject({ tone: "near", title: "Over its limit: $10.02 of $10.00 used today." });
});

test("while all is well there is no banner", () => {
  expect(prepareBanner(budget({}), now)).toBeNull();
  expect(prepareBanner(budget({ state: "none", dayLimit: null, monthLimit: null }), now)).toBeNull();
});

test("an agent that its pool or the fleet stops is not called within", () => {
  const pool = { scope: "pool", name: "Research" } as const;
  expect(stateWord("ok", pool)).toBe("Blocked by its pool");
  expect(stateWord("none", { scope: "fleet", name: "fleet" })).toBe("Blocked by the fleet");
  expect(stateWord("blocked", pool)).toBe("Blocked");
  expect(stateWord("ok", null)).toBeNull();
  expect(stoppedByText(pool)).toBe("Blocked: the budget of its pool “Research” is used up.");
});

test("for an agent that is stopped from above, what is said to help is not its own limit", () => {
  expect(moreAbove({ scope: "pool", name: "Research" }, false)).toBe("Ask an admin to raise the pool’s.");
  expect(moreAbove({ scope: "fleet", name: "fleet" }, true)).toContain("Raise the fleet’s on the Budgets page.");
});
