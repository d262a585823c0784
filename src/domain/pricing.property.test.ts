import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";
import { BUILT_IN_PRICES } from "#domain/prices.ts";
import { priceCall } from "#domain/pricing.ts";
import { type TokenUsage, UNREPORTED_USAGE } from "#domain/token-usage.ts";

describe("priceCall, for any usage", () => {
  it("has charges of at least zero that add up to the cost", () => {
    fc.assert(
      fc.property(anyModel(), anyUsage(), (model, usage) => {
        const { listCost, charges } = price(model, usage);
        expect(charges.reduce((total, charge) => total + charge.listCost, 0n)).toBe(listCost);
        expect(charges.every((charge) => charge.listCost >= 0n && charge.pricingQuantity > 0)).toBe(true);
      }),
    );
  });

  it("charges every counted token exactly once", () => {
    fc.assert(
      fc.property(anyModel(), anyUsage(), (model, usage) => {
        const charged = price(model, usage).charges.reduce((total, charge) => total + charge.pricingQuantity, 0);
        expect(charged).toBe(METERS.reduce((total, meter) => total + (usage[meter] ?? 0), 0));
      }),
    );
  });

  it("never costs less for more", () => {
    fc.assert(
      fc.property(anyModel(), anyUsage(), fc.constantFrom(...METERS), fc.nat(50_000), (model, usage, meter, extra) => {
        const more = { ...usage, [meter]: (usage[meter] ?? 0) + extra };
        expect(price(model, more).listCost).toBeGreaterThanOrEqual(price(model, usage).listCost);
      }),
    );
  });

  it("costs the same in one call as in its meters' calls, but for one rounding each, where size does not matter", () => {
    const flat = fc.constantFrom(
      ...BUILT_IN_PRICES.filter((entry) => entry.longPrompt === null).map((entry) => entry.model),
    );
    fc.assert(
      fc.property(flat, anyUsage(), (model, usage) => {
        const whole = price(model, usage).listCost;
        const parts = METERS.map((meter) => {
          const { speed, inferenceGeo } = usage;
          return price(model, { ...UNREPORTED_USAGE, speed, inferenceGeo, [meter]: usage[meter] }).listCost;
        });
        const difference = parts.reduce((total, part) => total + part, -whole);
        expect(difference >= -BigInt(METERS.length) && difference <= BigInt(METERS.length)).toBe(true);
      }),
    );
  });

  it("never prices an unknown member of a family below a known one", () => {
    fc.assert(
      fc.property(anyUsage(), (usage) => {
        const unknown = price("claude-opus-99", usage).listCost;
        for (const { model } of BUILT_IN_PRICES.filter((entry) => entry.model.includes("opus"))) {
          expect(unknown).toBeGreaterThanOrEqual(price(model, usage).listCost);
        }
      }),
    );
  });
});

const METERS = [
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheCreation5mInputTokens",
  "cacheCreation1hInputTokens",
  "webSearchRequests",
] as const satisfies readonly (keyof TokenUsage)[];

function price(model: string, usage: TokenUsage) {
  return priceCall({ prices: BUILT_IN_PRICE_LIST, models: [model, null], usage, at: new Date("2026-11-23T00:00:00Z") });
}

function anyModel() {
  return fc.constantFrom(...BUILT_IN_PRICES.map((entry) => entry.model), "claude-opus-99", "claude-haiku-99", "gpt-5");
}

function anyUsage(): fc.Arbitrary<TokenUsage> {
  const count = fc.option(fc.nat(200_000));
  return fc.record({
    inputTokens: count,
    outputTokens: count,
    cacheReadInputTokens: count,
    cacheCreation5mInputTokens: count,
    cacheCreation1hInputTokens: count,
    webSearchRequests: fc.option(fc.nat(20)),
    speed: fc.constantFrom("standard", "fast"),
    inferenceGeo: fc.constantFrom(null, "us", "eu"),
    iterations: fc.constant(null),
  });
}
