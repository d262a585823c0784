import { describe, expect, it } from "vitest";

import { type ChargedCall, explainCost } from "#domain/cost-explanation.ts";
import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";

const USAGE = {
  inputTokens: 1_000,
  outputTokens: 200,
  cacheReadInputTokens: 10_000,
  cacheCreation5mInputTokens: 0,
  cacheCreation1hInputTokens: null,
  webSearchRequests: 2,
};

const explain = (call: Partial<ChargedCall>) =>
  explainCost({
    prices: BUILT_IN_PRICE_LIST,
    call: {
      admittedAt: new Date("2026-11-24T12:00:00Z"),
      model: "claude-opus-4-8",
      requestedModel: "claude-opus-4-8",
      listCost: 0n,
      pricedAs: "list",
      usage: USAGE,
      ...call,
    },
  });

describe("how a cost comes about", () => {
  it("is told by lines that add up to it", () => {
    // $5, $25 and $0.50 a million; $0.01 a search.
    const cost = explain({ listCost: 5_000_000n + 5_000_000n + 5_000_000n + 20_000_000n });
    expect(cost).toMatchObject({
      pricedModel: "claude-opus-4-8",
      speed: "standard",
      inferenceGeo: null,
      unexplained: 0n,
    });
    expect(cost?.charges.map(({ listCost }) => listCost)).toEqual([5_000_000n, 5_000_000n, 5_000_000n, 20_000_000n]);
  });

  it("finds the fast mode and the geography, which nobody recorded, by the cost", () => {
    const tokens = 15_000_000n;
    expect(explain({ listCost: tokens * 2n + 20_000_000n })).toMatchObject({ speed: "fast", unexplained: 0n });
    expect(explain({ listCost: (tokens * 110n) / 100n + 20_000_000n })).toMatchObject({
      inferenceGeo: "us",
      unexplained: 0n,
    });
  });

  it("says what the plain prices leave unexplained", () => {
    expect(explain({ listCost: 36_000_000n })).toMatchObject({ speed: "standard", unexplained: 1_000_000n });
  });

  it("is nothing where nothing was charged", () => {
    expect(explain({ pricedAs: "none" })).toBeNull();
  });
});
