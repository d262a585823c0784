import { describe, expect, it } from "vitest";

import {
  prepareCaching,
  prepareChange,
  prepareSpenders,
  prepareStackedDays,
  prepareTrouble,
} from "#portal/ui/overview/prepare-overview.ts";

const USD = 1_000_000_000n;

describe("the change against the span before", () => {
  it.each([
    [120n, 100n, "20 % more than yesterday", "up"],
    [75n, 100n, "25 % less than yesterday", "down"],
    [0n, 100n, "100 % less than yesterday", "down"],
    [1_001n, 1_000n, "under 1 % more than yesterday", "up"],
    [1_500n, 100n, "15 times as much as yesterday", "up"],
    [100n, 100n, "as much as yesterday", "same"],
    [0n, 0n, "as much as yesterday", "same"],
    [5n, 0n, "nothing yesterday", "up"],
    [5n, null, "nothing recorded that far back", "unknown"],
  ] as const)("%d after %d: %s", (listCost, before, text, direction) => {
    expect(prepareChange({ listCost, before }, "yesterday")).toEqual({ text, direction });
  });
});

describe("days in parts", () => {
  const day = (date: string, a: bigint, others: bigint) => ({
    dayStart: new Date(date),
    parts: [{ key: "alpha", listCost: a }],
    others,
  });
  const now = new Date("2026-11-24T10:00:00Z");

  it("have a value for each series, and the running day is marked", () => {
    const { series, days, summary } = prepareStackedDays(
      [day("2026-11-23T00:00:00Z", 2n * USD, USD), day("2026-11-24T00:00:00Z", 0n, 0n)],
      now,
    );
    expect(series).toEqual(["alpha", "All others"]);
    expect(days.map(({ usd, total, isRunning }) => [usd, total, isRunning])).toEqual([
      [[2, 1], "$3.00", false],
      [[0, 0], "$0.00", true],
    ]);
    expect(summary).toBe("$3.00 in 2 days.");
  });

  it("do not speak of others where there are none", () => {
    expect(prepareStackedDays([day("2026-11-23T00:00:00Z", USD, 0n)], now).series).toEqual(["alpha"]);
    expect(prepareStackedDays([], now)).toEqual({ series: [], days: [], summary: "No cost in 0 days." });
  });
});

it("spenders have their share of all, not of those listed", () => {
  const [row] = prepareSpenders([{ name: "a", listCost: USD, requests: 1_234 }], 4n * USD);
  expect(row).toEqual({
    name: "a",
    note: null,
    href: null,
    calls: "1,234",
    cost: "$1.00",
    share: 0.25,
    percent: "25 %",
  });
});

it("calls that went wrong have their share of all calls; none is a plain zero", () => {
  expect(prepareTrouble({ requests: 1_000, failedRequests: 4, refusedRequests: 0 })).toEqual({
    failed: "4 (0.4 %)",
    refused: "0",
  });
});

describe("caching", () => {
  it("that cost more than it saved is said to have, and what is not known is not a number", () => {
    expect(prepareCaching({ saved: -2n * USD, hitShare: 0.034, unknownModels: ["x"] })).toEqual({
      saved: "$2.00",
      isLoss: true,
      hits: "3.4 %",
      note: "Without 1 model whose price is not known.",
    });
    expect(prepareCaching({ saved: null, hitShare: null, unknownModels: [] })).toEqual({
      saved: null,
      isLoss: false,
      hits: null,
      note: null,
    });
  });
});
