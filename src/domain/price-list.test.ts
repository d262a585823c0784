import { describe, expect, it } from "vitest";

import { BUILT_IN_PRICE_LIST, findPrice, normaliseModelId, pricesInEffect, withPrices } from "#domain/price-list.ts";
import { BUILT_IN_PRICES, type ModelPrice } from "#domain/prices.ts";

const OPUS = entryOf("claude-opus-5-5");

describe("normaliseModelId", () => {
  it.each([
    ["claude-opus-5-5", "claude-opus-5-5"],
    ["Claude-Opus-5-5 ", "claude-opus-5-5"],
    ["claude-haiku-4-5-20251001", "claude-haiku-4-5"],
    ["claude-sonnet-4-5@20250929", "claude-sonnet-4-5"],
    ["claude-sonnet-4-5[1m]", "claude-sonnet-4-5"],
    ["claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4-5"],
    ["anthropic/claude-fable-5-2", "claude-fable-5-2"],
    ["anthropic/claude-opus-4.5", "claude-opus-4-5"],
    ["publishers/anthropic/models/claude-opus-4-1@20250805", "claude-opus-4-1"],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"],
    ["anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"],
    ["us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude-3-7-sonnet"],
    ["claude-3-5-haiku-latest", "claude-3-5-haiku"],
    ["claude-opus-4-20250514", "claude-opus-4-0"],
    ["claude-opus-4", "claude-opus-4-0"],
    ["claude-sonnet-4", "claude-sonnet-4-0"],
    ["claude-opus-4-1", "claude-opus-4-1"],
    ["claude-opus-5", "claude-opus-5"],
    ["gpt-5", "gpt-5"],
    ["", ""],
  ])("spells %j as %j", (model, id) => {
    expect(normaliseModelId(model)).toBe(id);
  });

  it("leaves every id of the list as it is", () => {
    expect(BUILT_IN_PRICES.map((entry) => normaliseModelId(entry.model))).toEqual(
      BUILT_IN_PRICES.map((entry) => entry.model),
    );
  });
});

describe("the built-in list", () => {
  it("names each model and instant once, in whole nano-dollars above zero", () => {
    expect(pricesInEffect(BUILT_IN_PRICE_LIST, new Date())).toHaveLength(BUILT_IN_PRICES.length);
    for (const entry of BUILT_IN_PRICES) {
      for (const amount of Object.values(entry.standard)) expect(amount).toBeGreaterThan(0n);
    }
  });

  it("keeps Anthropic's proportions: cache writes at 1.25 and 2 times the input price", () => {
    for (const { standard, fast, longPrompt } of BUILT_IN_PRICES) {
      for (const prices of [standard, fast, longPrompt?.prices ?? null]) {
        if (prices === null) continue;
        expect(prices.cacheCreation5m * 4n).toBe(prices.input * 5n);
        expect(prices.cacheCreation1h).toBe(prices.input * 2n);
        expect(prices.output).toBe(prices.input * 5n);
      }
    }
  });
});

describe("withPrices", () => {
  const october = new Date("2026-10-07T00:00:00Z");
  const cheaper: ModelPrice = { ...OPUS, effectiveFrom: october, standard: { ...OPUS.standard, input: 1n } };

  it("puts a dated entry in effect from its instant on, and not before", () => {
    const list = withPrices(BUILT_IN_PRICE_LIST, [cheaper]);
    expect(findPrice(list, OPUS.model, new Date(october.getTime() - 1))).toEqual(OPUS);
    expect(findPrice(list, OPUS.model, october)).toEqual(cheaper);
    expect(findPrice(list, OPUS.model, new Date("2030-01-01T00:00:00Z"))).toEqual(cheaper);
  });

  it("gives the same list whatever the order of the entries", () => {
    const later = { ...cheaper, effectiveFrom: new Date("2026-12-01T00:00:00Z") };
    const [one, other] = [
      withPrices(BUILT_IN_PRICE_LIST, [cheaper, later]),
      withPrices(BUILT_IN_PRICE_LIST, [later, cheaper]),
    ];
    expect(one.byModel.get(OPUS.model)).toEqual([later, cheaper, OPUS]);
    expect(one).toEqual(other);
  });

  it("replaces an entry of the same model and instant", () => {
    const corrected = { ...cheaper, effectiveFrom: OPUS.effectiveFrom };
    expect(withPrices(BUILT_IN_PRICE_LIST, [corrected]).byModel.get(OPUS.model)).toEqual([corrected]);
  });

  it("adds models that the list did not know, from their instant on", () => {
    const list = withPrices(BUILT_IN_PRICE_LIST, [{ ...cheaper, model: "claude-opus-7" }]);
    expect(findPrice(list, "claude-opus-7", october)?.standard.input).toBe(1n);
    expect(findPrice(list, "claude-opus-7", new Date("2026-10-06T00:00:00Z"))).toBeNull();
  });

  it("leaves the given list as it was", () => {
    withPrices(BUILT_IN_PRICE_LIST, [cheaper]);
    expect(BUILT_IN_PRICE_LIST.byModel.get(OPUS.model)).toEqual([OPUS]);
  });
});

function entryOf(model: string): ModelPrice {
  const entry = BUILT_IN_PRICES.find((candidate) => candidate.model === model);
  if (entry === undefined) throw new Error(`the list has no ${model}`);
  return entry;
}
