import { expect, test } from "vitest";

import { KEPT_DAYS_MAX, KEPT_DAYS_MIN, keptDaysProblem, keptSince } from "#domain/retention.ts";

test("calls are kept by whole UTC days", () => {
  expect(keptSince(40, new Date("2026-03-15T12:34:56.789Z"))).toEqual(new Date("2026-02-03T00:00:00.000Z"));
  expect(keptSince(40, new Date("2026-03-15T00:00:00.000Z"))).toEqual(new Date("2026-02-03T00:00:00.000Z"));
  expect(keptSince(null, new Date())).toBeNull();
});

test.each([[KEPT_DAYS_MIN], [400], [KEPT_DAYS_MAX], [null]])("%s days may be chosen", (days) => {
  expect(keptDaysProblem(days)).toBeNull();
});

test.each([[39], [3_651], [0], [-1], [40.5], [Number.NaN], [Number.POSITIVE_INFINITY]])("%s days may not", (days) => {
  expect(keptDaysProblem(days)).toBe("Write a whole number of days from 40 to 3,650, or keep calls for ever.");
});
