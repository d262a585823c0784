import { expect, test } from "vitest";

import {
  draftAdvice,
  draftProblems,
  isChanged,
  type LimitsDraft,
  limitProblem,
  type SavedLimits,
  toDraft,
  toInput,
} from "#portal/ui/limits/prepare-limits-draft.ts";

const SAVED: SavedLimits = {
  limits: { day: 10_000_000_000n, month: null },
  actionOnExceed: "block",
  warningThresholds: [50, 80, 100],
  timeZone: "UTC",
  reservation: "expected",
  hardStop: false,
  pauseOnRunaway: false,
};

function draft(change: Partial<LimitsDraft> = {}): LimitsDraft {
  return { ...toDraft(SAVED), ...change };
}

test("saved limits come into the form as they would be typed", () => {
  expect(draft()).toMatchObject({ daily: "10", monthly: "", thresholds: "50, 80, 100", actionOnExceed: "block" });
});

test.each([
  ["", null],
  ["10", null],
  ["0", null],
  ["2.50", null],
  ["$10", "Leave out the $"],
  ["-3", "negative"],
  ["1,000", "commas"],
  ["ten", "plain number"],
  ["1e30", "plain number"],
  ["0.1234567890", "decimals"],
])("of the limit %j it says %j while it is typed", (text, words) => {
  if (words === null) expect(limitProblem(text)).toBeNull();
  else expect(limitProblem(text)).toContain(words);
});

test("warnings and zones are checked while they are typed", () => {
  expect(draftProblems(draft({ thresholds: "25 % 75%" })).thresholds).toBeNull();
  expect(draftProblems(draft({ thresholds: "" })).thresholds).toBeNull();
  expect(draftProblems(draft({ thresholds: "80, 50" })).thresholds).toContain("ascending");
  expect(draftProblems(draft({ thresholds: "half" })).thresholds).toContain("from 1 to 100");
  expect(draftProblems(draft({ timeZone: " Europe/Berlin " })).timeZone).toBeNull();
  expect(draftProblems(draft({ timeZone: "Berlin" })).timeZone).toContain("such as UTC");
});

test("what is allowed but surprising is explained", () => {
  expect(draftAdvice(draft({ daily: "", monthly: "" }))).toContain("nothing is refused");
  expect(draftAdvice(draft({ daily: "10", monthly: "5" }))).toContain("the month decides");
  expect(draftAdvice(draft({ daily: "0" }))).toContain("refuses every call");
  expect(draftAdvice(draft({ daily: "1", monthly: "5" }))).toBeNull();
});

test("only what means something else is a change", () => {
  expect(isChanged(draft(), SAVED)).toBe(false);
  expect(isChanged(draft({ daily: "10.00", thresholds: "50 80 100" }), SAVED)).toBe(false);
  expect(isChanged(draft({ daily: "" }), SAVED)).toBe(true);
  expect(isChanged(draft({ thresholds: "50" }), SAVED)).toBe(true);
  expect(isChanged(draft({ hardStop: true }), SAVED)).toBe(true);
  expect(isChanged(draft({ timeZone: "Asia/Kolkata" }), SAVED)).toBe(true);
});

test("the server gets what was typed, without its blanks", () => {
  expect(toInput(draft({ daily: " 5 ", timeZone: " UTC " }))).toEqual({
    daily: "5",
    monthly: null,
    actionOnExceed: "block",
    warningThresholds: [50, 80, 100],
    timeZone: "UTC",
    reservation: "expected",
    hardStop: false,
    pauseOnRunaway: false,
  });
});
