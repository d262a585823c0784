import fc from "fast-check";
import { describe, expect, it, test } from "vitest";

import { driftOf, max, notableUnrouted, unroutedPercent } from "#domain/cost-drift.ts";

const USD = 1_000_000_000n;
const day = { ledger: 10n * USD, reported: 10n * USD, told: null, helicone: null };
const told = (cost: bigint, unroutedCost = 0n) => ({ cost, unroutedCost, unrouted: unroutedCost > 0n ? 1 : 0 });

describe("the drift of a day", () => {
  it("is unknown where nothing was reported, and none where both agree", () => {
    expect(driftOf({ ...day, reported: null })).toBeNull();
    expect(driftOf({ ...day, told: told(10n * USD) })).toEqual({ reported: 10n * USD, difference: 0n, reasons: [] });
  });

  it.each([
    [
      "calls past the gateway",
      { ...day, reported: 12n * USD, told: told(12n * USD, 2n * USD) },
      [["unrouted", 2n]],
      2n,
    ],
    ["the same without events", { ...day, reported: 12n * USD }, [["unrouted", 2n]], 2n],
    [
      "an export that did not arrive",
      { ...day, reported: 7n * USD, told: told(10n * USD) },
      [["missing-flush", 3n]],
      0n,
    ],
    ["calls that it did not count", { ...day, reported: 6n * USD }, [["unreported", 4n]], -4n],
    ["other prices", { ...day, reported: 11n * USD, told: told(11n * USD) }, [["prices", 1n]], 1n],
  ] as const)("%s", (_, counted, reasons, difference) => {
    const drift = driftOf(counted);
    expect(drift?.difference).toBe(difference * USD);
    expect(drift?.reasons.map(({ reason, amount }) => [reason, amount / USD])).toEqual(reasons);
  });
});

test("the reasons beside a missing flush add up to the difference", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((nano) => nano * 10_000n);
  fc.assert(
    fc.property(amount, amount, amount, amount, (ledger, reported, cost, part) => {
      const unroutedCost = cost - max(cost - part, 0n);
      const drift = driftOf({ ledger, reported, told: told(cost, unroutedCost), helicone: null });
      const signed = (drift?.reasons ?? [])
        .filter(({ reason }) => reason !== "missing-flush")
        .reduce((sum, { reason, amount: part }) => sum + (reason === "unreported" ? -part : part), 0n);
      expect(signed).toBe(drift?.difference);
    }),
  );
});

test.each([
  [10n * USD, 12n * USD, 0n, { amount: 2n * USD, reported: 12n * USD }],
  [9n * USD, 10n * USD, 0n, { amount: USD, reported: 10n * USD }],
  [91n * USD, 101n * USD, 0n, null], // 9 %
  [0n, USD / 2n, 0n, { amount: USD / 2n, reported: USD / 2n }],
  [0n, USD / 2n - 1n, 0n, null],
  [10n * USD, 12n * USD, 2n * USD, null],
  [10n * USD, 18n * USD, 6n * USD, { amount: 2n * USD, reported: 12n * USD }],
  [12n * USD, 10n * USD, 0n, null],
] as const)(
  "of a ledger's %d and a report of %d, of which %d was meant to, %o is told",
  (ledger, reported, meant, told) => {
    expect(notableUnrouted(driftOf({ ledger, reported, told: null, helicone: null }), meant)).toEqual(told);
  },
);

test("of a day without a report nobody is told", () => {
  expect(notableUnrouted(null, 0n)).toBeNull();
});

test("the share past the gateway", () => {
  expect([unroutedPercent(100n, 12n), unroutedPercent(0n, 5n), unroutedPercent(3n, 3n)]).toEqual([12, 0, 100]);
});
