import { describe, expect, it } from "vitest";

import { BUILT_IN_PRICE_LIST, findPrice, withPrices } from "#domain/price-list.ts";
import { parseModelPriceRow } from "#ledger/model-price-row.ts";

const effectiveFrom = new Date("2027-01-01T00:00:00Z");
const standard = { input: 3.5, output: "17.5", cacheCreation5m: 4.375, cacheCreation1h: "7", cacheRead: "0.175" };

describe("parseModelPriceRow", () => {
  it("reads dollars per million tokens exactly, and the model in any spelling", () => {
    const parsed = parseModelPriceRow({ model: "anthropic/claude-opus-6-20270101", effectiveFrom, price: { standard } });
    expect(parsed).toEqual({
      ok: true,
      price: {
        model: "claude-opus-6",
        effectiveFrom,
        standard: {
          input: 3_500_000_000n,
          output: 17_500_000_000n,
          cacheCreation5m: 4_375_000_000n,
          cacheCreation1h: 7_000_000_000n,
          cacheRead: 175_000_000n,
        },
        fast: null,
        longPrompt: null,
      },
    });
  });

  it("gives an entry that takes effect in the list", () => {
    const longPrompt = { abovePromptTokens: 200_000, prices: standard };
    const parsed = parseModelPriceRow({ model: "claude-opus-5-5", effectiveFrom, price: { standard, fast: standard, longPrompt } });
    if (!parsed.ok) throw new Error(parsed.problem);
    const entry = findPrice(withPrices(BUILT_IN_PRICE_LIST, [parsed.price]), "claude-opus-5-5", effectiveFrom);
    expect(entry?.standard.input).toBe(3_500_000_000n);
    expect(entry?.fast).toEqual(entry?.standard);
    expect(entry?.longPrompt?.abovePromptTokens).toBe(200_000);
  });

  it.each([
    ["a negative amount", { standard: { ...standard, input: -1 } }, "price.standard.input: "],
    ["an amount with an exponent", { standard: { ...standard, input: 1e-9 } }, "price.standard.input: "],
    ["a missing amount", { standard: { ...standard, cacheRead: undefined } }, "price.standard.cacheRead: "],
    ["a misspelt amount", { standard: { ...standard, cacheReed: 1 } }, "price.standard: "],
    ["a misspelt part", { standard, fastMode: standard }, "price: "],
    ["no prices", null, "price: "],
  ])("says what is wrong with %s", (_fault, price, problem) => {
    expect(parseModelPriceRow({ model: "claude-opus-6", effectiveFrom, price })).toEqual({
      ok: false,
      problem: expect.stringContaining(`claude-opus-6 not usable: ${problem}`),
    });
  });
});
