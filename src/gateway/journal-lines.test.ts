import { describe, expect, it } from "vitest";

import { formatLine, parseLine } from "#gateway/journal-lines.ts";
import { settledCall } from "#testing/calls.ts";

describe("a settled line", () => {
  it("says what Helicone is to be told of the call", () => {
    for (const helicone of ["metadata", "full", "ask-first", null] as const) {
      const call = settledCall(1, { helicone });
      expect(parseLine(formatLine({ kind: "settled", call }))).toEqual({ kind: "settled", call });
    }
  });

  it("that an older gateway has left says nothing", () => {
    const { helicone: _, ...older } = settledCall(1);
    const text = JSON.stringify({ kind: "settled", call: { ...older, listCost: older.listCost.toString() } });
    expect(parseLine(text)).toEqual({ kind: "settled", call: settledCall(1, { helicone: null }) });
  });
});
