import { expect, test } from "vitest";

import { cappedText, draftDays, draftProblem, keptText } from "#portal/ui/retention/kept-words.ts";

test("how long, and how many, in words", () => {
  expect(keptText(400)).toBe("400 days");
  expect(keptText(null)).toBe("For ever");
  expect(cappedText({ count: 1, isMore: false })).toBe("1 call");
  expect(cappedText({ count: 100_000, isMore: true })).toBe("more than 100,000 calls");
});

test.each([["400"], [" 40 "], [""]])("%j is fine to have typed", (text) => {
  expect(draftProblem(text)).toBeNull();
});

test.each([["39"], ["4e2"], ["-40"], ["40.5"], ["a year"]])("%j is no choice", (text) => {
  expect(draftProblem(text)).toMatch(/from 40 to 3,650/);
});

test("nothing typed is no number of days", () => {
  expect(draftDays("")).toBeNaN();
});
