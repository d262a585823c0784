import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BUDGET_PERIODS, isTimeZone, lastDays, periodAt, quarterHourAt } from "#domain/period.ts";

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

describe("periodAt in a time zone", () => {
  it.each([
    ["Asia/Kolkata", "day", "2026-11-24T18:29:59.999Z", "2026-11-23T18:30:00Z", "2026-11-24T18:30:00Z"],
    ["Asia/Kolkata", "day", "2026-11-24T18:30:00Z", "2026-11-24T18:30:00Z", "2026-11-25T18:30:00Z"],
    ["Asia/Kolkata", "month", "2026-11-30T18:30:00Z", "2026-11-30T18:30:00Z", "2026-12-31T18:30:00Z"],
    // The clocks go forward at two in the morning: a day of 23 hours.
    ["America/New_York", "day", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"],
    ["America/New_York", "day", "2026-03-09T03:59:59.999Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"],
    ["America/New_York", "day", "2026-03-08T04:59:59.999Z", "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z"],
    ["America/New_York", "month", "2026-03-08T12:00:00Z", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"],
    // And back: 25 hours, of which one comes twice.
    ["America/New_York", "day", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
    ["America/New_York", "day", "2026-11-01T06:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
    ["America/New_York", "day", "2026-11-02T04:59:59.999Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
    ["America/New_York", "day", "2026-11-02T05:00:00Z", "2026-11-02T05:00:00Z", "2026-11-03T05:00:00Z"],
    // Midnight is left out, and comes twice.
    ["Africa/Cairo", "day", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"],
    ["America/Havana", "day", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
    ["UTC", "day", "2026-11-01T05:30:00Z", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"],
  ] as const)("%s: the %s of %s", (zone, period, at, start, end) => {
    expect(periodAt(period, new Date(at), zone)).toEqual(span(start, end));
  });

  const ZONES = [
    "Asia/Kolkata",
    "America/New_York",
    "Africa/Cairo",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
    "UTC",
  ];

  it("holds its instant, and its end is the start of the next, in whatever order it is asked", () => {
    const instants = fc.date({ min: new Date("2015-01-01"), max: new Date("2035-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...BUDGET_PERIODS), instants, fc.constantFrom(...ZONES), (period, at, zone) => {
        const { start, end } = periodAt(period, at, zone);
        expect(start <= at && at < end).toBe(true);
        expect(periodAt(period, end, zone).start).toEqual(end);
        expect(periodAt(period, new Date(end.getTime() - 1), zone)).toEqual({ start, end });
        expect(periodAt(period, start, zone)).toEqual({ start, end });
      }),
    );
  });

  it("refuses a zone that nobody knows", () => {
    expect(() => periodAt("day", new Date(0), "Mars/Olympus")).toThrow(RangeError);
  });
});

it.each([
  ["UTC", true],
  ["Europe/Vienna", true],
  ["America/Argentina/Buenos_Aires", true],
  ["Etc/GMT+5", true],
  ["Mars/Olympus", false],
  ["+05:30", false],
  ["", false],
  ["Europe/Vienna; DROP TABLE", false],
])("isTimeZone(%j) is %j", (text, isOne) => {
  expect(isTimeZone(text)).toBe(isOne);
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
