import { describe, expect, it } from "vitest";

import { toCursor, toPlace, toTimestamp } from "#ledger/call-place.ts";

const PLACE = {
  stretch: 1,
  key: 9_223_372_036_854_775_807n,
  admittedAtUs: 1_763_985_600_123_456n,
  id: "0196f1a2-3c4d-7e5f-8a6b-7c8d9e0f1a2b",
};

describe("a place in a list", () => {
  it("comes back from its text, to the microsecond", () => {
    expect(toPlace("dearest", toCursor("dearest", PLACE))).toEqual(PLACE);
    expect(toPlace("newest", toCursor("newest", { ...PLACE, key: null }))).toEqual({ ...PLACE, key: null });
    expect(toTimestamp(PLACE.admittedAtUs)).toBe("2025-11-24T12:00:00.123456Z");
  });

  it.each([
    toCursor("slowest", PLACE),
    toCursor("dearest", { ...PLACE, key: 9_223_372_036_854_775_808n }),
    toCursor("dearest", PLACE).replace("~1~", "~x~"),
    `${toCursor("dearest", PLACE)}0`,
  ])("is refused where it is not from this list: %s", (cursor) => {
    expect(() => toPlace("dearest", cursor)).toThrow("This page of calls does not exist.");
  });
});
