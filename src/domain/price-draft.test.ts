import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  modelProblem,
  normalisePriceDraft,
  type PriceDraft,
  priceDraftProblem,
  tokenPriceProblem,
  toPriceDraft,
} from "#domain/price-draft.ts";
import { BUILT_IN_PRICES } from "#domain/prices.ts";

const FIVE = { input: "3", output: "15", cacheRead: "0.3", cacheCreation5m: "3.75", cacheCreation1h: "6" };
const PLAIN: PriceDraft = { standard: FIVE, fast: null, longPrompt: null };

describe("a price as it is typed", () => {
  it.each([
    ["", "is empty"],
    ["$3", "without a currency"],
    ["-1", "negative"],
    ["1,5", "no commas"],
    ["0.1234567891", "too many decimals"],
    ["100000.000000001", "check the unit"],
    ["1e3", "plain number"],
  ])("of %j is refused with words that help", (text, words) => {
    expect(tokenPriceProblem(text)).toContain(words);
    expect(priceDraftProblem({ ...PLAIN, standard: { ...FIVE, output: text } })).toContain("The price of output");
    expect(priceDraftProblem({ ...PLAIN, fast: { ...FIVE, cacheRead: text } })).toContain("The price of cache read");
  });

  it.each(["0", "100000", "0.000000001", " 2.50 "])("of %j can be charged", (text) => {
    expect(tokenPriceProblem(text)).toBeNull();
  });

  it.each([Number.NaN, 0, 1.5, 1e12])("has no long prompts above %s tokens", (abovePromptTokens) => {
    expect(priceDraftProblem({ ...PLAIN, longPrompt: { abovePromptTokens, prices: FIVE } })).toContain("whole number");
  });

  it("is kept in one spelling", () => {
    expect(normalisePriceDraft({ ...PLAIN, standard: { ...FIVE, input: " 3.50 " } }).standard.input).toBe("3.5");
  });

  it("of every built-in model comes back as it was", () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUILT_IN_PRICES), (price) => {
        const draft = toPriceDraft(price);
        expect(priceDraftProblem(draft)).toBeNull();
        expect(normalisePriceDraft(draft)).toEqual(draft);
      }),
    );
  });
});

describe("a model's name", () => {
  it.each(["claude-sonnet-4-5", "us.anthropic.claude-opus-4-20250514-v1:0", "qwen3.5:35b"])(
    "%s can have a price",
    (name) => {
      expect(modelProblem(name)).toBeNull();
    },
  );
  it.each(["", "   ", "a model", "x".repeat(129), "modèle"])("%j cannot", (name) => {
    expect(modelProblem(name)).not.toBeNull();
  });
});
