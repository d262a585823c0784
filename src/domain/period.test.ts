import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BUDGET_PERIODS, lastDays, periodAt, quarterHourAt } from "#domain/period.ts";

const span = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) });

describe("periodAt", () => {
  it.each([
    ["2026-11-24T00:00:00.000Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"],
    ["2026-11-24T23:59:59.999Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"],
    ["2026-12-31T12:00:00Z", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["2028-02-29T12:00:00Z", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"],
  ])("the day of %s", (at, start, end) => {
    expect(periodAt("day", new Date(at))).toEqual(span(start, end));
  });

  it.each([
    ["2026-11-30T23:59:59.999Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"],
    ["2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["2027-02-15T00:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"],
  ])("the month of %s", (at, start, end) => {
    expect(periodAt("month", new Date(at))).toEqual(span(start, end));
  });

  it("holds its instant, and its end is the start of the next, wherever this runs", () => {
    const instants = fc.date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...BUDGET_PERIODS), instants, (period, at) => {
        const { start, end } = periodAt(period, at);
        expect(start <= at && at < end).toBe(true);
        expect(periodAt(period, end).start).toEqual(end);
        expect(periodAt(period, new Date(end.getTime() - 1))).toEqual({ start, end });
        expect(periodAt(period, start)).toEqual({ start, end });
      }),
    );
  });
});

it("lastDays counts today, and ends with it", () => {
  const now = new Date("2026-03-02T05:00:00Z");
  expect(lastDays(1, now)).toEqual(span("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"));
  expect(lastDays(7, now)).toEqual(span("2026-02-24T00:00:00Z", "2026-03-03T00:00:00Z"));
});

it("quarterHourAt is the quarter that holds the instant", () => {
  expect(quarterHourAt(new Date("2026-11-24T10:29:59.999Z"))).toEqual(new Date("2026-11-24T10:15:00Z"));
  expect(quarterHourAt(new Date("2026-11-24T10:30:00Z"))).toEqual(new Date("2026-11-24T10:30:00Z"));
});
