import { expect, it } from "vitest";

import { createLineSplitter } from "#agent-server/line-splitter.ts";

function linesOf(pieces: readonly string[], lengthMax = 100): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter(lengthMax, (line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.finish();
  return lines;
}

it.each([
  ["wherever it is cut", ["a", "b\nc", "\n", "d"], ["ab", "c", "d"]],
  ["with empty lines and carriage returns", ["a\r\n\n", "b\n"], ["a", "", "b"]],
  ["of nothing", [], []],
])("gives the lines of a text %s", (_, pieces, expected) => {
  expect(linesOf(pieces)).toEqual(expected);
});

it("leaves out a line that is too long, in one piece or in many, and goes on after it", () => {
  const long = "x".repeat(101);
  expect(linesOf([`a\n${long}\nb\n`])).toEqual(["a", "b"]);
  expect(linesOf(["a\n", ...long, ...long, "\nb"])).toEqual(["a", "b"]);
});
