import { describe, expect, it } from "vitest";

import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";
import { BUILT_IN_PRICES } from "#domain/prices.ts";
import { priceLine } from "#ledger/price-line.ts";
import examples from "#testing/claude-price-examples.json" with { type: "json" };

const PRICES = BUILT_IN_PRICE_LIST;
const NOW = new Date("2026-11-23T00:00:00Z");

describe("priceLine", () => {
  it.each(examples)(
    "gives the CLI's cost of $model, $cliCostUsd, and charges that add up to it",
    ({ model, usage, cliCostUsd }) => {
      const answer = price({ model, usage });
      if (answer === null || "error" in answer) throw new Error("not priced");
      expect(answer.costNanoUsd).toBe(String(Math.round(cliCostUsd * 1e9)));
      expect(String(answer.charges.reduce((total, charge) => total + BigInt(charge.listCost), 0n))).toBe(
        answer.costNanoUsd,
      );
    },
  );

  it("says how an unknown model was priced, beside the name it was given", () => {
    const usage = { input_tokens: 1_000_000 };
    expect(price({ model: "us.anthropic.claude-opus-9-v1:0", usage })).toMatchObject({
      model: "us.anthropic.claude-opus-9-v1:0",
      pricedAs: "family",
      pricedModel: "claude-opus-4-1",
      costNanoUsd: "15000000000",
    });
  });

  it("uses the prices of the instant that the line names, with any offset", () => {
    const [opus] = BUILT_IN_PRICES;
    if (opus === undefined) throw new Error("the list is empty");
    const entry = { ...opus, effectiveFrom: NOW, standard: { ...opus.standard, input: 1_000_000n } };
    const prices = { ...PRICES, byModel: new Map([[opus.model, [entry, opus]]]) };
    const line = { model: opus.model, usage: { input_tokens: 1 } };
    const costAt = (at?: string) => priceLine(JSON.stringify({ ...line, at }), { line: 1, now: NOW, prices });
    expect(costAt()).toMatchObject({ costNanoUsd: "1" });
    expect(costAt("2026-11-23T01:00:00+02:00")).toMatchObject({ costNanoUsd: "4000" });
  });

  it.each([
    ["{", "not JSON"],
    ["[]", "the line: "],
    ["7", "the line: "],
    [{ usage: { input_tokens: 1 } }, "model: "],
    [{ model: "", usage: { input_tokens: 1 } }, "model: "],
    [{ model: "claude-opus-5-5" }, "usage: "],
    [{ model: "claude-opus-5-5", usage: {} }, "usage: reports no count at all"],
    [{ model: "claude-opus-5-5", usage: { input_tokens: -1 } }, "usage.input_tokens: "],
    [{ model: "claude-opus-5-5", usage: { input_tokens: 1.5 } }, "usage.input_tokens: "],
    [{ model: "claude-opus-5-5", usage: { output_tokens: "12" } }, "usage.output_tokens: "],
    [{ model: "claude-opus-5-5", usage: { output_tokens: 100_000_001 } }, "usage.output_tokens: "],
    [{ model: "claude-opus-5-5", usage: { input_tokens: 1 }, at: "yesterday" }, "at: "],
  ])("says what is wrong with %j", (line, error) => {
    expect(price(line)).toEqual({ line: 7, error: expect.stringContaining(error) });
  });

  it("takes null for a count that is not there, and ignores fields it does not know", () => {
    const usage = {
      input_tokens: 1,
      output_tokens: null,
      cache_creation: null,
      server_tool_use: null,
      iterations: null,
      novel: {},
    };
    expect(price({ model: "claude-opus-5-5", usage, id: 3 })).toMatchObject({ costNanoUsd: "4000" });
  });

  it("passes over a blank line", () => {
    expect(price("  ")).toBeNull();
  });
});

function price(line: unknown) {
  const text = typeof line === "string" ? line : JSON.stringify(line);
  return priceLine(text, { line: 7, now: NOW, prices: PRICES });
}
