import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { csvLine } from "#domain/csv.ts";
import { type DayUse, FOCUS_COLUMNS, focusLines, type MeteredTokens, splitByMeter } from "#domain/focus.ts";
import { parseUsd } from "#domain/money.ts";
import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";

const NOTHING: MeteredTokens = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheCreation5mInputTokens: 0,
  cacheCreation1hInputTokens: 0,
  webSearchRequests: 0,
};
const use = (rest: Partial<DayUse> = {}): DayUse => ({
  dayStart: new Date("2026-02-28T00:00:00.000Z"),
  agentId: 7,
  agentName: "builder",
  ownerName: "Ada",
  type: null,
  template: null,
  model: "claude-opus-4-5",
  requests: 10,
  failedRequests: 0,
  refusedRequests: 0,
  listCost: 0n,
  tokens: NOTHING,
  ...rest,
});
const cell = (lines: ReturnType<typeof focusLines>, line: number, name: string) =>
  lines[line]?.[FOCUS_COLUMNS.findIndex(([column]) => column === name)];

describe("a day's cost by what was counted", () => {
  it("is what each kind of token costs, where that is what was charged", () => {
    const tokens = { ...NOTHING, inputTokens: 1_000, outputTokens: 100, webSearchRequests: 2 };
    // $5 and $25 a million, and a cent a search
    expect(splitByMeter(BUILT_IN_PRICE_LIST, use({ listCost: 5_000_000n + 2_500_000n + 20_000_000n, tokens }))).toEqual(
      [
        { meter: "Input Tokens", quantity: 1_000, unitPrice: 5_000_000_000n, listCost: 5_000_000n },
        { meter: "Output Tokens", quantity: 100, unitPrice: 25_000_000_000n, listCost: 2_500_000n },
        { meter: "Web Search Requests", quantity: 2, unitPrice: 10_000_000_000_000n, listCost: 20_000_000n },
      ],
    );
  });

  it("is shares without a unit price, where something else was charged", () => {
    const tokens = { ...NOTHING, inputTokens: 500, outputTokens: 100 };
    expect(splitByMeter(BUILT_IN_PRICE_LIST, use({ listCost: 10_000_001n, tokens }))).toEqual([
      { meter: "Input Tokens", quantity: 500, unitPrice: null, listCost: 5_000_000n },
      { meter: "Output Tokens", quantity: 100, unitPrice: null, listCost: 5_000_001n },
    ]);
  });

  it("is one part where nothing was counted, and none where nothing was charged either", () => {
    expect(splitByMeter(BUILT_IN_PRICE_LIST, use({ listCost: 9n }))).toEqual([
      { meter: null, quantity: 10, unitPrice: null, listCost: 9n },
    ]);
    expect(splitByMeter(BUILT_IN_PRICE_LIST, use())).toEqual([]);
  });

  it("adds up to the recorded cost, whatever was charged and counted, of known and unknown models", () => {
    const count = fc.nat(10 ** 9);
    const counts = fc.record({
      inputTokens: count,
      outputTokens: count,
      cacheReadInputTokens: count,
      cacheCreation5mInputTokens: count,
      cacheCreation1hInputTokens: count,
      webSearchRequests: fc.nat(100),
    });
    const model = fc.constantFrom("claude-haiku-5-5", "claude-opus-9", "unheard-of");
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), counts, model, (listCost, tokens, name) => {
        const parts = splitByMeter(BUILT_IN_PRICE_LIST, use({ listCost, tokens, model: name }));
        expect(parts.reduce((sum, part) => sum + part.listCost, 0n)).toBe(listCost);
        expect(parts.every((part) => part.listCost >= 0n)).toBe(true);
        const lines = focusLines(BUILT_IN_PRICE_LIST, use({ listCost, tokens, model: name }));
        const billed = lines.map((_, line) => parseUsd(String(cell(lines, line, "BilledCost"))) ?? -1n);
        expect(billed.reduce((sum, part) => sum + part, 0n)).toBe(listCost);
      }),
    );
  });
});

describe("a line of FOCUS", () => {
  it("says when, who, what, how much and for how much", () => {
    const tokens = { ...NOTHING, cacheReadInputTokens: 1_000_000 };
    const lines = focusLines(BUILT_IN_PRICE_LIST, use({ listCost: 500_000_000n, tokens, type: "coding" }));
    const named = Object.fromEntries(FOCUS_COLUMNS.map(([name], at) => [name, lines[0]?.[at]]));
    expect(named).toMatchObject({
      BilledCost: "0.5",
      EffectiveCost: "0.5",
      ListCost: "0.5",
      BillingCurrency: "USD",
      BillingPeriodStart: new Date("2026-02-01T00:00:00.000Z"),
      BillingPeriodEnd: new Date("2026-03-01T00:00:00.000Z"),
      ChargePeriodStart: new Date("2026-02-28T00:00:00.000Z"),
      ChargePeriodEnd: new Date("2026-03-01T00:00:00.000Z"),
      ChargeCategory: "Usage",
      ConsumedQuantity: 1_000_000,
      ConsumedUnit: "Tokens",
      ListUnitPrice: "0.0000005",
      PricingUnit: "Tokens",
      ServiceCategory: "AI and Machine Learning",
      ProviderName: "Anthropic",
      ResourceId: "agent:7",
      ResourceName: "builder",
      SkuId: "claude-opus-4-5",
      SkuMeter: "Cache Read Tokens",
      Tags: '{"owner":"Ada","type":"coding"}',
    });
  });

  it("is no formula, whatever a model is called", () => {
    const lines = focusLines(BUILT_IN_PRICE_LIST, use({ listCost: 1n, model: '=HYPERLINK("x")' }));
    expect(csvLine(lines[0] ?? [])).toContain(`"'=HYPERLINK(""x"")"`);
  });
});
