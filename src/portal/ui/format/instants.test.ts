import { expect, test } from "vitest";

import { calendarDay, clockTime, exactTime, relativeTime, utcDay, zonedTime } from "#portal/ui/format/instants.ts";

const now = new Date("2026-11-24T14:30:00Z");

test.each([
  ["2026-11-24T14:29:30Z", "just now"],
  ["2026-11-24T14:31:00Z", "just now"],
  ["2026-11-24T14:29:10Z", "1 min ago"],
  ["2026-11-24T14:02:00Z", "28 min ago"],
  ["2026-11-24T13:30:00Z", "1 h ago"],
  ["2026-11-23T14:30:00Z", "1 day ago"],
  ["2026-11-14T14:30:00Z", "10 days ago"],
])("%s is %s", (at, text) => {
  expect(relativeTime(new Date(at), now)).toBe(text);
});

test("the exact time names its zone", () => {
  const at = new Date("2026-11-24T23:30:07Z");
  expect(exactTime(at, "UTC")).toBe("24 Nov 2026, 23:30:07 UTC");
  expect(exactTime(at, "Asia/Tokyo")).toBe("25 Nov 2026, 08:30:07 GMT+9");
});

test("a call of another day of the viewer's zone says which day", () => {
  expect(clockTime(new Date("2026-11-24T14:02:07Z"), now, "UTC")).toBe("14:02:07");
  expect(clockTime(new Date("2026-11-23T14:02:07Z"), now, "UTC")).toBe("23 Nov, 14:02:07");
  expect(clockTime(new Date("2026-11-24T23:59:00Z"), new Date("2026-11-25T00:10:00Z"), "America/New_York")).toBe(
    "18:59:00",
  );
});

test("days of bars are UTC days", () => {
  expect(utcDay(new Date("2026-11-24T00:00:00Z"))).toBe("24 Nov");
});

test("an instant within a day is a time, a later one has its day, and both name their zone", () => {
  expect(zonedTime(new Date("2026-11-25T00:00:00Z"), now, "UTC")).toBe("00:00 UTC");
  expect(zonedTime(new Date("2026-12-01T00:00:00Z"), now, "UTC")).toBe("1 Dec, 00:00 UTC");
  expect(zonedTime(new Date("2026-11-30T18:30:00Z"), now, "Asia/Kolkata")).toBe("1 Dec, 00:00 Asia/Kolkata");
});

test("a calendar day follows its zone", () => {
  expect(calendarDay(new Date("2026-11-24T23:30:00Z"), "Asia/Tokyo")).toBe("25 Nov 2026");
});
