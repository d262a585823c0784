import { expect, it } from "vitest";

import { parseLimit } from "#limits/budget-terms.ts";

it.each([
  [null, null],
  ["0", 0n],
  ["10", 10_000_000_000n],
  [" 0.25 ", 250_000_000n],
  ["0.000000001", 1n],
  ["999999999", 999_999_999_000_000_000n],
])("reads the limit %j", (text, amount) => {
  expect(parseLimit("daily", text)).toBe(amount);
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
  ["NaN", "plain number"],
  ["Infinity", "plain number"],
  ["+5", "plain number"],
  [".5", "plain number"],
  ["5.", "plain number"],
  ["0x10", "plain number"],
  ["١٠", "plain number"],
])("says of the limit %j what to write instead", (text, words) => {
  expect(() => parseLimit("monthly", text)).toThrow(new RegExp(`^The monthly limit .*${words}`));
});
