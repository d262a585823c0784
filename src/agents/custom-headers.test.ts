import { describe, expect, it } from "vitest";

import { headerIn, headerNames, withHeader, withoutHeader } from "#agents/custom-headers.ts";

const OURS = "X-Trinity-Agent";

describe("the custom headers", () => {
  it.each([
    ["", null],
    ["X-Trinity-Agent", null],
    ["X-Trinity-Agent: a", "a"],
    ["x-trinity-agent:a", "a"],
    [" X-TRINITY-AGENT :  a b ", "a b"],
    ["X-Trinity-Agent: a\r\nB: c", "a"],
    ["X-Trinity-Agent: a\nX-Trinity-Agent: b", "b"],
    ["X-Trinity-Agent: a:b", "a:b"],
    ["X-Trinity-Agent:", ""],
    ["X-Trinity-Agent-Name: a", null],
  ])("read in %j: %j", (text, value) => {
    expect(headerIn(text, OURS)).toBe(value);
  });

  it.each([
    ["", "X-Trinity-Agent: k"],
    ["A: 1", "A: 1\nX-Trinity-Agent: k"],
    ["A: 1\n", "A: 1\nX-Trinity-Agent: k"],
    ["A: 1\r\n", "A: 1\r\nX-Trinity-Agent: k"],
    ["A: 1\nx-trinity-agent: old\nB: 2", "A: 1\nX-Trinity-Agent: k\nB: 2"],
    ["A: 1\r\nX-Trinity-Agent: old\r\nB: 2", "A: 1\r\nX-Trinity-Agent: k\r\nB: 2"],
    ["X-Trinity-Agent: old\nB: 2\nX-Trinity-Agent: older", "X-Trinity-Agent: k\nB: 2"],
    ["no colon\n\nA:1", "no colon\n\nA:1\nX-Trinity-Agent: k"],
  ])("set in %j: %j", (text, expected) => {
    expect(withHeader(text, OURS, "k")).toBe(expected);
  });

  it.each([
    ["A: 1\nX-Trinity-Agent: k\nB: 2", "A: 1\nB: 2"],
    ["X-Trinity-Agent: k", ""],
    ["A: 1", "A: 1"],
    ["no colon\nx-trinity-agent: k", "no colon"],
  ])("taken out of %j: %j", (text, expected) => {
    expect(withoutHeader(text, OURS)).toBe(expected);
  });

  it("are named in order", () => {
    expect(headerNames("A: 1\r\n\nno colon\n B :2")).toEqual(["A", "B"]);
  });
});
