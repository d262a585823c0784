import { describe, expect, it } from "vitest";

import { csvLine } from "#domain/csv.ts";

describe("a line of comma-separated values", () => {
  it("keeps numbers, instants and what is not known apart from text", () => {
    expect(csvLine([1, 9_000_000_000_000_000_001n, -2, true, new Date(0), null, ""])).toBe(
      "1,9000000000000000001,-2,true,1970-01-01T00:00:00.000Z,,\r\n",
    );
  });

  it.each([
    ["a,b", '"a,b"'],
    ['say "yes"', '"say ""yes"""'],
    ["two\nlines", '"two\nlines"'],
    [" edges ", '" edges "'],
    ["plain", "plain"],
  ])("quotes %j where it has to", (text, cell) => {
    expect(csvLine([text])).toBe(`${cell}\r\n`);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\tx", "＝1"])(
    "makes text of the formula %j",
    (text) => {
      expect(csvLine([text]).replace(/^"/, "")).toMatch(/^'/);
    },
  );
});
