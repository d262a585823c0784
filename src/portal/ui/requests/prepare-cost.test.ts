import { describe, expect, it } from "vitest";

import { prepareCost } from "#portal/ui/requests/prepare-cost.ts";

const CHARGE = {
  skuMeter: "Cache Read Tokens",
  pricingQuantity: 10_000,
  pricingUnit: "Tokens",
  listUnitPrice: 300_000_000n,
  listCost: 3_000_000n,
} as const;
const COST = { pricedModel: "claude-sonnet-4-5", speed: "standard", inferenceGeo: null, unexplained: 0n } as const;

describe("the cost of a call, in words", () => {
  it("has a line for each meter, with exact amounts", () => {
    const search = {
      ...CHARGE,
      skuMeter: "Web Search Requests",
      pricingUnit: "Requests",
      listUnitPrice: 10_000_000n,
    } as const;
    const { lines, rest, notes } = prepareCost({
      cost: { ...COST, charges: [CHARGE, { ...search, pricingQuantity: 2, listCost: 20_000_000n }] },
      isEstimated: false,
      listCost: 23_000_000n,
    });
    expect(lines).toEqual([
      { name: "Cache read", count: 10_000, price: "$0.3 per million", cost: "$0.003" },
      { name: "Web searches", count: 2, price: "$0.01 each", cost: "$0.02" },
    ]);
    expect(rest).toBeNull();
    expect(notes).toEqual(["At the list price of claude-sonnet-4-5 at the time of the call."]);
  });

  it("says what is not as usual: the mode, the place, an estimate", () => {
    const cost = { ...COST, speed: "fast" as const, inferenceGeo: "us", charges: [CHARGE] };
    const { notes } = prepareCost({ cost, isEstimated: true, listCost: 3_000_000n });
    expect(notes).toHaveLength(4);
    expect(notes.join(" ")).toMatch(/fast mode.*“us”.*estimate/);
  });

  it.each([
    [1_000n, "+$0.000001"],
    [-2_000_000_000n, "−$2"],
  ])("says what the lines leave untold: %s", (unexplained, rest) => {
    const view = prepareCost({ cost: { ...COST, charges: [CHARGE], unexplained }, isEstimated: false, listCost: 1n });
    expect(view.rest).toBe(rest);
    expect(view.notes.join(" ")).toContain("The ledger holds another amount");
  });

  it("is nothing where nothing was charged", () => {
    expect(prepareCost({ cost: null, isEstimated: false, listCost: 0n })).toEqual({
      lines: [],
      rest: null,
      notes: ["Nothing was charged for this call."],
    });
  });
});
