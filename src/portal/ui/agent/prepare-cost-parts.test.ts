import { describe, expect, it } from "vitest";

import { prepareCostParts } from "#portal/ui/agent/prepare-cost-parts.ts";
import { prepareHeatMap } from "#portal/ui/agent/prepare-hours.ts";
import { prepareTurnCosts } from "#portal/ui/agent/prepare-turn-costs.ts";

const NONE = {
  inputTokens: 0n,
  outputTokens: 0n,
  cacheReadInputTokens: 0n,
  cacheCreation5mInputTokens: 0n,
  cacheCreation1hInputTokens: 0n,
};

describe("what the money went to", () => {
  it("is told by type; searches and what is not told only where there is some", () => {
    const cent = 10_000_000n;
    const plain = prepareCostParts({
      listCost: cent,
      byType: { ...NONE, outputTokens: cent },
      webSearches: 0n,
      rest: 0n,
    });
    expect(plain.rows.map(({ name, value, percent }) => `${name} ${value} ${percent}`)).toEqual([
      "Input, not cached $0.00 0 %",
      "Output $0.01 100 %",
      "Cache read $0.00 0 %",
      "Cache write, 5 min $0.00 0 %",
      "Cache write, 1 h $0.00 0 %",
    ]);
    const rest = prepareCostParts({
      listCost: cent,
      byType: { ...NONE, outputTokens: 2n * cent },
      webSearches: cent,
      rest: -2n * cent,
    });
    expect(rest.rows.slice(5).map(({ name, value }) => `${name} ${value}`)).toEqual([
      "Web searches $0.01",
      "Not told by these lines −$0.02",
    ]);
  });
});

describe("the hours of the week", () => {
  it("are all there; the dearest is the largest, and what cost anything is more than nothing", () => {
    const hours = [
      { weekday: 1, hour: 0, listCost: 4_000_000_000n, requests: 3 },
      { weekday: 7, hour: 23, listCost: 1n, requests: 1 },
      { weekday: 3, hour: 9, listCost: 0n, requests: 2 },
    ];
    const { days, dearest, summary } = prepareHeatMap(hours);
    expect(days.map(({ cells }) => cells.length)).toEqual(Array(7).fill(24));
    expect(days[0]?.cells[0]).toEqual({ hour: 0, level: 4, text: "$4.00, 3 calls" });
    expect(days[6]?.cells[23]?.level).toBe(1);
    expect(days[2]?.cells[9]).toEqual({ hour: 9, level: 0, text: "$0.00, 2 calls" });
    expect(days[1]?.cells[1]?.text).toBe("no calls");
    expect(dearest.map(({ name }) => name)).toEqual(["Monday 00:00 to 01:00", "Sunday 23:00 to 00:00"]);
    expect(summary).toContain("Monday 00:00 to 01:00, $4.00");
    expect(prepareHeatMap([]).summary).toBe("No cost in this span.");
  });
});

describe("the cost of a turn", () => {
  it("counts those that have ended", () => {
    const turn = (dollars: bigint, isOpen = false) => ({
      finishedAt: isOpen ? null : new Date(),
      listCost: dollars * 1_000_000_000n,
      calls: 2,
    });
    expect(prepareTurnCosts([turn(1n), turn(9n), turn(2n), turn(100n, true)])).toEqual({
      turns: 3,
      average: "$4.00",
      half: "$2.00",
      most: "$9.00",
      calls: "2.0",
    });
    expect(prepareTurnCosts([turn(1n, true)])).toBeNull();
  });
});
