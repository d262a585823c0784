import { expect, test } from "vitest";

import { draftAdvice, isChanged, limitInput, limitProblem, toDraft } from "#portal/ui/agent/prepare-budget-draft.ts";

const saved = { actionOnExceed: "block", day: { limit: 10_000_000_000n }, month: { limit: null } } as const;

test("saved limits are edited as plain dollars, none as an empty field", () => {
  expect(toDraft(saved)).toEqual({ daily: "10", monthly: "", actionOnExceed: "block" });
});

test.each(["", " ", "10", "2.50", "0"])("%j can be saved", (text) => {
  expect(limitProblem(text)).toBeNull();
});

test.each([
  ["$10", "Leave out the $: it is already there."],
  ["1,000", "Write dollars like 10 or 2.50, without separators."],
  ["-1", "Write dollars like 10 or 2.50, without separators."],
  ["ten", "Write dollars like 10 or 2.50, without separators."],
])("%j is refused with what to write instead", (text, problem) => {
  expect(limitProblem(text)).toBe(problem);
});

test("limits that contradict each other are pointed out", () => {
  expect(draftAdvice({ daily: "50", monthly: "20", actionOnExceed: "warn" })).toMatch(/month decides/);
  expect(draftAdvice({ daily: "0", monthly: "", actionOnExceed: "block" })).toMatch(/refuses every call/);
  expect(draftAdvice({ daily: "", monthly: "", actionOnExceed: "block" })).toMatch(/Without a limit/);
  expect(draftAdvice({ daily: "10", monthly: "100", actionOnExceed: "block" })).toBeNull();
});

test("the same amount written differently is no change", () => {
  expect(isChanged({ daily: "10.00", monthly: " ", actionOnExceed: "block" }, saved)).toBe(false);
  expect(isChanged({ daily: "10.01", monthly: "", actionOnExceed: "block" }, saved)).toBe(true);
  expect(isChanged({ daily: "10", monthly: "", actionOnExceed: "warn" }, saved)).toBe(true);
});

test("an empty field is no limit, not a limit of nothing", () => {
  expect([limitInput("  "), limitInput(" 2.5 ")]).toEqual([null, "2.5"]);
});
