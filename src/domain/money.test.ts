import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatUsd, parseUsd, toUsdText } from "#domain/money.ts";

describe("parseUsd", () => {
  it.each([
    ["10", 10_000_000_000n],
    ["0", 0n],
    [" 0.25 ", 250_000_000n],
    ["1234.5", 1_234_500_000_000n],
    ["0.000000001", 1n],
    ["999999999.999999999", 999_999_999_999_999_999n],
    ["007", 7_000_000_000n],
  ])("reads %j exactly", (text, amount) => {
    expect(parseUsd(text)).toBe(amount);
  });

  it.each([
    "",
    " ",
    ".",
    ".5",
    "5.",
    "-1",
    "+1",
    "1e3",
    "1,000",
    "$1",
    "1 000",
    "0x10",
    "NaN",
    "Infinity",
    "0.0000000001",
    "1000000000",
    "1.2.3",
    "１",
  ])("does not guess at %j", (text) => {
    expect(parseUsd(text)).toBeNull();
  });

  it("takes back whatever toUsdText writes", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (amount) => {
        expect(parseUsd(toUsdText(amount))).toBe(amount);
        expect(toUsdText(-amount)).toBe(amount === 0n ? "0" : `-${toUsdText(amount)}`);
      }),
    );
  });
});

describe("formatUsd", () => {
  it.each([
    [0n, "$0.00"],
    [2_470_000_000n, "$2.47"],
    [1_234_000_000_000n, "$1,234.00"],
    [1_234_567_890_000_000_000n, "$1,234,567,890.00"],
    [999_999_999n, "$1.00"],
    [10_000_000n, "$0.01"],
    [14_999_999n, "$0.01"],
    [15_000_000n, "$0.02"],
    [9_999_999n, "$0.0100"],
    [3_840_000n, "$0.0038"],
    [1n, "$0.000000001"],
    [12n, "$0.000000012"],
    [-2_475_000_000n, "-$2.48"],
    [-1n, "-$0.000000001"],
  ])("%d is %s", (amount, text) => {
    expect(formatUsd(amount)).toBe(text);
  });

  const anyAmount = fc.oneof(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.bigInt({ min: 1n, max: 20_000_000n }));

  it("never shows a cost as nothing, and never strays by more than half of its last digit", () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        const text = formatUsd(amount);
        expect(text).toMatch(/^\$\d{1,3}(,\d{3})*\.\d{2,9}$/);
        const shown = wholeAmount(text);
        expect(shown).toBeGreaterThan(0n);
        const decimals = text.split(".")[1]?.length ?? 0;
        const difference = shown > amount ? shown - amount : amount - shown;
        expect(difference * 2n <= 10n ** BigInt(9 - decimals)).toBe(true);
      }),
    );
  });

  it("of a larger amount is never a smaller figure", () => {
    fc.assert(
      fc.property(anyAmount, anyAmount, (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(wholeAmount(formatUsd(less)) <= wholeAmount(formatUsd(more))).toBe(true);
      }),
    );
  });
});

/** The amount that a text shows, whatever its size. */
function wholeAmount(text: string): bigint {
  const [dollars = "", fraction = ""] = text.replace(/[$,]/g, "").split(".");
  return BigInt(dollars) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}
