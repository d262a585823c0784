import { expect, test } from "vitest";

import {
  countOf,
  formatCompactCount,
  formatCount,
  formatDuration,
  formatShare,
  shareOf,
} from "#portal/ui/format/counts.ts";

test.each([
  [0, "0"],
  [999, "999"],
  [1_234_567, "1,234,567"],
])("%d is written in full as %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [9_999, "9,999"],
  [12_345, "12.3K"],
  [1_200_000, "1.2M"],
])("%d is written short as %s", (count, text) => {
  expect(formatCompactCount(count)).toBe(text);
});

test("one is singular, everything else plural", () => {
  expect([countOf(1, "call"), countOf(0, "call"), countOf(2_000, "call")]).toEqual([
    "1 call",
    "0 calls",
    "2,000 calls",
  ]);
});

test.each([
  [0n, 0n, "0 %"],
  [0n, 10n, "0 %"],
  [1n, 10_000n, "< 0.1 %"],
  [4n, 1_000n, "0.4 %"],
  [995n, 10_000n, "10 %"],
  [62n, 100n, "62 %"],
  [10n, 10n, "100 %"],
])("%d of %d is %s: a small share never reads as none", (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text);
});

test("a drawn share never leaves its bar", () => {
  expect(shareOf(15n, 10n)).toBe(1);
  expect(shareOf(3, 0)).toBe(0);
});

test.each([
  [0, "0 ms"],
  [849.6, "850 ms"],
  [1_000, "1.0 s"],
  [12_390, "12.4 s"],
  [185_000, "3 min 05 s"],
])("%d ms reads as %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
