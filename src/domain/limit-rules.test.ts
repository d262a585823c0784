import { describe, expect, it } from "vitest";

import {
  amountProblem,
  poolNameProblem,
  rateProblem,
  reasonProblem,
  thresholdsProblem,
  timeZoneProblem,
} from "#domain/limit-rules.ts";

describe("an amount as typed", () => {
  it.each(["0", "10", " 0.25 ", "0.000000001", "999999999"])("may be %j", (text) => {
    expect(amountProblem(text)).toBeNull();
  });

  it.each([
    ["", "is empty"],
    ["  ", "is empty"],
    ["$10", "without a currency"],
    ["10 USD", "without a currency"],
    ["-1", "cannot be negative"],
    ["1,234.50", "no commas"],
    ["1.234,50", "no commas"],
    ["1000000000", "too large"],
    ["0.1234567890", "too many decimals"],
    ["1e3", "plain number"],
    ["1e30", "plain number"],
    ["NaN", "plain number"],
    ["Infinity", "plain number"],
    ["+5", "plain number"],
    [".5", "plain number"],
    ["5.", "plain number"],
    ["0x10", "plain number"],
    ["١٠", "plain number"],
  ])("is not %j, with words that help", (text, words) => {
    expect(amountProblem(text)).toContain(words);
  });
});

describe("warning thresholds", () => {
  it.each([[[50, 80, 100]], [[]], [[1]], [[100]]])("may be %j", (thresholds) => {
    expect(thresholdsProblem(thresholds)).toBeNull();
  });

  it.each([
    [[0], "from 1 to 100"],
    [[101], "from 1 to 100"],
    [[-5], "from 1 to 100"],
    [[50.5], "from 1 to 100"],
    [[Number.NaN], "from 1 to 100"],
    [[80, 50], "ascending"],
    [[50, 50], "ascending"],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "at most 10"],
  ])("are not %j", (thresholds, words) => {
    expect(thresholdsProblem(thresholds)).toContain(words);
  });
});

describe("a time zone", () => {
  it.each(["UTC", "Asia/Kolkata", "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])(
    "may be %s",
    (timeZone) => {
      expect(timeZoneProblem(timeZone)).toBeNull();
    },
  );

  it.each(["", "Mars/Olympus", "Europe/Berlin; DROP TABLE", "+05:30", "10"])("is not %j", (timeZone) => {
    expect(timeZoneProblem(timeZone)).toContain("such as UTC");
  });
});

describe("limits per minute", () => {
  it("may be none, or a whole number above zero", () => {
    expect([rateProblem("requests", null), rateProblem("requests", 1), rateProblem("tokens", 100_000)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it.each([
    [0, "pause it"],
    [-1, "negative"],
    [1.5, "whole number"],
    [Number.NaN, "whole number"],
    [Number.POSITIVE_INFINITY, "whole number"],
    [1e30, "At most 1,000,000 requests"],
  ])("are not %d", (limit, words) => {
    expect(rateProblem("requests", limit)).toContain(words);
  });
});

it("asks for a reason and for a name that people can read", () => {
  expect(reasonProblem("  ", "the pause")).toContain("Give a reason for the pause");
  expect(reasonProblem("x".repeat(301), "the pause")).toContain("at most 300");
  expect(reasonProblem("it loops", "the pause")).toBeNull();
  expect(poolNameProblem(" ")).toContain("a name");
  expect(poolNameProblem("x".repeat(61))).toContain("at most 60");
  expect(poolNameProblem("Research")).toBeNull();
});
