import { describe, expect, it } from "vitest";

import { BUILT_IN_PRICE_LIST, withPrices } from "#domain/price-list.ts";
import { BUILT_IN_PRICES } from "#domain/prices.ts";
import { priceCall } from "#domain/pricing.ts";
import { type IterationUsage, type TokenUsage, UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { parseUsage } from "#domain/usage-parsing.ts";
import examples from "#testing/claude-price-examples.json" with { type: "json" };

const AT = new Date("2026-11-23T00:00:00Z");
const MILLION = 1_000_000;

describe("priceCall, against what Claude Code charges", () => {
  it.each(examples)(
    "gives the CLI's cost of $model, $cliCostUsd, to the nano-dollar",
    ({ model, usage, cliCostUsd }) => {
      const priced = price(model, parseUsage(usage));
      expect(priced.listCost).toBe(BigInt(Math.round(cliCostUsd * 1e9)));
      expect(priced.pricedAs).toBe("list");
    },
  );
});

describe("priceCall: which price", () => {
  it.each([
    ["the response's model", "claude-haiku-4-5", "claude-opus-5-5", "claude-haiku-4-5", "list"],
    [
      "the requested model, when the response's is not known",
      "claude-novel-9",
      "claude-opus-5-5",
      "claude-opus-5-5",
      "list",
    ],
    ["the requested model, when the response named none", null, "claude-sonnet-5-5", "claude-sonnet-5-5", "list"],
    ["the dearest of the family, for an unknown opus", "claude-opus-9", null, "claude-opus-4-1", "family"],
    [
      "the dearest of the family, for an unknown sonnet",
      null,
      "claude-sonnet-9-20280101",
      "claude-sonnet-4-6",
      "family",
    ],
    [
      "the dearest of the family, for an unknown haiku",
      "claude-haiku-9",
      "claude-novel-9",
      "claude-haiku-4-5",
      "family",
    ],
    [
      "the requested model's family, when the response's has none",
      "novel",
      "claude-haiku-9",
      "claude-haiku-4-5",
      "family",
    ],
    ["the dearest of all, for an unknown family", "gpt-5", "claude-novel-9", "claude-opus-4-1", "dearest"],
    ["the dearest of all, when no model is named", null, null, "claude-opus-4-1", "dearest"],
  ] as const)("is by %s", (_rule, response, requested, model, pricedAs) => {
    const usage = { ...UNREPORTED_USAGE, inputTokens: 1000, outputTokens: 1000 };
    const priced = priceCall({ prices: BUILT_IN_PRICE_LIST, models: [response, requested], usage, at: AT });
    expect([priced.model, priced.pricedAs]).toEqual([model, pricedAs]);
    expect(priced.listCost).toBe(price(model, usage).listCost);
  });

  it("is the dearest for this very usage: cached prompts and fast mode change who that is", () => {
    const cached = { ...UNREPORTED_USAGE, cacheReadInputTokens: MILLION };
    expect(price("claude-fable-9", cached).model).toBe("claude-fable-5");
    expect(price("claude-fable-9", { ...UNREPORTED_USAGE, outputTokens: 5, speed: "fast" }).model).toBe(
      "claude-fable-5-2",
    );
    expect(price("claude-opus-9", { ...UNREPORTED_USAGE, outputTokens: 5, speed: "fast" }).model).toBe(
      "claude-opus-4-7",
    );
  });

  it("names the dearest model even before anything is counted", () => {
    expect(price("claude-opus-9", UNREPORTED_USAGE)).toEqual({
      listCost: 0n,
      charges: [],
      pricedAs: "family",
      model: "claude-opus-4-1",
    });
  });

  it("is the one in effect at the call's instant", () => {
    const effectiveFrom = new Date("2026-11-23T00:00:00.000Z");
    const [opus] = BUILT_IN_PRICES;
    if (opus === undefined) throw new Error("the list is empty");
    const halved = { ...opus, effectiveFrom, standard: { ...opus.standard, output: opus.standard.output / 2n } };
    const prices = withPrices(BUILT_IN_PRICE_LIST, [halved]);
    const usage = { ...UNREPORTED_USAGE, outputTokens: 10 };
    const costAt = (at: Date) => priceCall({ prices, models: [opus.model, null], usage, at }).listCost;
    expect(costAt(effectiveFrom) * 2n).toBe(costAt(new Date(effectiveFrom.getTime() - 1)));
  });
});

describe("priceCall: what is charged", () => {
  it("charges each meter that counted, with its own price, and nothing for counts nobody reported", () => {
    const usage: TokenUsage = {
      ...UNREPORTED_USAGE,
      inputTokens: 3,
      outputTokens: 0,
      cacheReadInputTokens: 10,
      webSearchRequests: 2,
    };
    expect(price("claude-opus-5-5", usage)).toEqual({
      listCost: 20_014_000n,
      charges: [
        {
          skuMeter: "Input Tokens",
          pricingQuantity: 3,
          pricingUnit: "Tokens",
          listUnitPrice: 4_000_000_000n,
          listCost: 12_000n,
        },
        {
          skuMeter: "Cache Read Tokens",
          pricingQuantity: 10,
          pricingUnit: "Tokens",
          listUnitPrice: 200_000_000n,
          listCost: 2_000n,
        },
        {
          skuMeter: "Web Search Requests",
          pricingQuantity: 2,
          pricingUnit: "Requests",
          listUnitPrice: 10_000_000n,
          listCost: 20_000_000n,
        },
      ],
      pricedAs: "list",
      model: "claude-opus-5-5",
    });
  });

  it.each([
    ["input", { inputTokens: 1 }, 4_000n],
    ["output", { outputTokens: 1 }, 20_000n],
    ["cache write 5 min", { cacheCreation5mInputTokens: 1 }, 5_000n],
    ["cache write 1 h", { cacheCreation1hInputTokens: 1 }, 8_000n],
    ["cache read", { cacheReadInputTokens: 1 }, 200n],
    ["web search", { webSearchRequests: 1 }, 10_000_000n],
  ])("charges one %s at its own price", (_meter, counts, listCost) => {
    expect(price("claude-opus-5-5", { ...UNREPORTED_USAGE, ...counts }).listCost).toBe(listCost);
  });

  it("adds a tenth for inference in the US, to tokens and not to searches", () => {
    const usage: TokenUsage = { ...UNREPORTED_USAGE, inputTokens: 1000, webSearchRequests: 1, inferenceGeo: "us" };
    const { listCost, charges } = price("claude-opus-5-5", usage);
    expect(listCost).toBe(4_400_000n + 10_000_000n);
    expect(charges.map((charge) => charge.listUnitPrice)).toEqual([4_400_000_000n, 10_000_000n]);
    expect(price("claude-opus-5-5", { ...usage, inferenceGeo: "eu" }).listCost).toBe(14_000_000n);
  });

  it("uses the fast prices where the model has them, and the standard ones where it has none", () => {
    const fast: TokenUsage = { ...UNREPORTED_USAGE, outputTokens: 1, speed: "fast" };
    expect(price("claude-opus-4-7", fast).listCost).toBe(150_000n);
    expect(price("claude-opus-4-5", fast).listCost).toBe(25_000n);
  });

  it.each([
    ["exactly 100,000 prompt tokens is a short prompt", { inputTokens: 100_000 }, 10_000_000n],
    ["one more makes every meter dear", { inputTokens: 100_001, outputTokens: 100 }, 50_000_500n + 250_000n],
    ["cached tokens count towards the size", { inputTokens: 1, cacheReadInputTokens: 100_000 }, 500n + 5_000_000n],
    [
      "written tokens count towards the size",
      { cacheCreation5mInputTokens: 60_000, cacheCreation1hInputTokens: 40_001 },
      37_500_000n + 40_001_000n,
    ],
    ["output tokens do not", { inputTokens: 100_000, outputTokens: 100_000 }, 10_000_000n + 50_000_000n],
  ])("long prompts: %s", (_rule, counts, listCost) => {
    expect(price("claude-haiku-5-5", { ...UNREPORTED_USAGE, ...counts }).listCost).toBe(listCost);
  });

  it("prices each model turn of a call by its own prompt size", () => {
    const iterations = [turn(60_000, 10), turn(100_001, 20)];
    const usage: TokenUsage = { ...UNREPORTED_USAGE, inputTokens: 160_001, outputTokens: 30, iterations };
    const { listCost, charges } = price("claude-haiku-5-5", usage);
    expect(charges.map((charge) => [charge.skuMeter, charge.pricingQuantity, charge.listUnitPrice])).toEqual([
      ["Input Tokens", 60_000, 100_000_000n],
      ["Output Tokens", 10, 500_000_000n],
      ["Input Tokens", 100_001, 500_000_000n],
      ["Output Tokens", 20, 2_500_000_000n],
    ]);
    expect(listCost).toBe(6_000_000n + 5_000n + 50_000_500n + 50_000n);
  });

  it("prices the call as a whole when its turns do not add up to it", () => {
    const usage: TokenUsage = {
      ...UNREPORTED_USAGE,
      inputTokens: 160_002,
      iterations: [turn(60_000, 0), turn(100_001, 0)],
    };
    expect(price("claude-haiku-5-5", usage).listCost).toBe(80_001_000n);
  });

  it("rounds once per call, half up", () => {
    const [opus] = BUILT_IN_PRICES;
    if (opus === undefined) throw new Error("the list is empty");
    // 0.3 and 0.2 nano-dollars per token: separately both would round to nothing.
    const standard = { ...opus.standard, input: 300_000n, output: 200_000n };
    const prices = withPrices(BUILT_IN_PRICE_LIST, [{ ...opus, standard }]);
    const costOf = (inputTokens: number, outputTokens: number) =>
      priceCall({
        prices,
        models: [opus.model, null],
        usage: { ...UNREPORTED_USAGE, inputTokens, outputTokens },
        at: AT,
      });
    expect(costOf(1, 1).listCost).toBe(1n);
    expect(costOf(1, 0).listCost).toBe(0n);
    expect(costOf(1, 1).charges.map((charge) => charge.listCost)).toEqual([0n, 1n]);
  });
});

function price(model: string, usage: TokenUsage) {
  return priceCall({ prices: BUILT_IN_PRICE_LIST, models: [model, null], usage, at: AT });
}

function turn(inputTokens: number, outputTokens: number): IterationUsage {
  return {
    inputTokens,
    outputTokens,
    cacheReadInputTokens: 0,
    cacheCreation5mInputTokens: 0,
    cacheCreation1hInputTokens: 0,
  };
}
