import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";
import { priceCall } from "#domain/pricing.ts";
import {
  callPricesOf,
  coverOf,
  EXPERIENCED_CALLS,
  FIRST_OUTPUT_TOKENS,
  reserve,
  toAmount,
} from "#domain/reservation.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";

const AT = new Date("2026-11-24T12:00:00Z");
const pricesOf = (model: string) => callPricesOf(BUILT_IN_PRICE_LIST, model, AT);
const PRICES = { model: "m", coldInput: 4, output: 15, dearestInput: 12, dearestOutput: 25 };

describe("what a call reserves", () => {
  const size = { requestBytes: 4_000, maxTokens: 32_000 };

  it("before there is experience: its body as cold input, and a first guess of output, of no more than it asks for", () => {
    const { expected } = reserve(size, PRICES, null);
    expect(expected).toEqual({ input: 4_000, output: FIRST_OUTPUT_TOKENS * 15 });
    expect(reserve({ ...size, maxTokens: 10 }, PRICES, null).expected.output).toBe(250);
  });

  it("guaranteed: each byte a token of the dearest input, and all the output that it asks for", () => {
    expect(reserve(size, PRICES, null).guaranteed).toEqual({ input: 48_000, output: 800_000 });
    expect(reserve({ ...size, maxTokens: null }, PRICES, null).guaranteed.output).toBe(128_000 * 25);
  });

  it("with experience: by its own bytes, and what answers really cost", () => {
    const experience = { calls: EXPERIENCED_CALLS, inputPerByte: 0.5, output: 900 };
    expect(reserve(size, PRICES, experience).expected).toEqual({ input: 2_000, output: 900 });
  });

  it("with little experience: no less than the first guess", () => {
    const cheap = { calls: EXPERIENCED_CALLS - 1, inputPerByte: 0.5, output: 900 };
    expect(reserve(size, PRICES, cheap).expected).toEqual(reserve(size, PRICES, null).expected);
    const dear = { ...cheap, output: 100_000 };
    expect(reserve(size, PRICES, dear).expected.output).toBe(100_000);
  });

  it("is never expected to cost more than it can", () => {
    const amounts = fc.record({ calls: fc.nat(10), inputPerByte: fc.nat(100), output: fc.nat(10_000_000) });
    const sizes = fc.record({ requestBytes: fc.nat(1_000_000), maxTokens: fc.option(fc.nat(128_000), { nil: null }) });
    fc.assert(
      fc.property(sizes, fc.option(amounts, { nil: null }), (asked, experience) => {
        const { expected, guaranteed } = reserve(asked, PRICES, experience);
        expect(expected.input).toBeLessThanOrEqual(guaranteed.input);
        expect(expected.output).toBeLessThanOrEqual(guaranteed.output);
        expect(toAmount(expected)).toBeLessThanOrEqual(toAmount(guaranteed));
      }),
    );
  });
});

describe("the worst case of a call", () => {
  const models = fc.constantFrom(...BUILT_IN_PRICE_LIST.byModel.keys(), "claude-unknown-9", "nobody-knows");

  it("covers whatever its tokens turn out to be, in any tier, mode or geography", () => {
    const usage = fc.record({
      split: fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }),
      requestBytes: fc.integer({ min: 1, max: 3_000_000 }),
      output: fc.nat(128_000),
      speed: fc.constantFrom("standard" as const, "fast" as const),
      inferenceGeo: fc.constantFrom(null, "us"),
    });
    fc.assert(
      fc.property(models, usage, (model, { split, requestBytes, output, speed, inferenceGeo }) => {
        const parts = Math.max(
          1,
          split.reduce((sum, part) => sum + part, 0),
        );
        const tokens = (index: number) => Math.floor(((split[index] ?? 0) / parts) * requestBytes);
        const { listCost } = priceCall({
          prices: BUILT_IN_PRICE_LIST,
          models: [model],
          at: AT,
          usage: {
            ...UNREPORTED_USAGE,
            inputTokens: tokens(0),
            cacheReadInputTokens: tokens(1),
            cacheCreation5mInputTokens: tokens(2),
            cacheCreation1hInputTokens: tokens(3),
            outputTokens: output,
            speed,
            inferenceGeo,
          },
        });
        const { guaranteed } = reserve({ requestBytes, maxTokens: output }, pricesOf(model), null);
        expect(toAmount(guaranteed)).toBeGreaterThanOrEqual(listCost - 1n);
      }),
      { numRuns: 500 },
    );
  });

  it("goes by the list's prices, and those of the dearest relative where the list has none", () => {
    expect(pricesOf("claude-sonnet-4-5-20250929")).toMatchObject({ model: "claude-sonnet-4-5", output: 15_000 });
    expect(pricesOf("claude-opus-99").output).toBe(75_000);
  });
});

describe("coverOf", () => {
  it.each([
    [[10], 60],
    [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 6],
    [[...Array.from({ length: 30 }, () => 1), 200, 200], 200],
    [[...Array.from({ length: 31 }, () => 1), 200], (231 / 32) * 6],
  ])("%j is covered by %d: six times the mean, or what nearly all cost at the most", (costs, cover) => {
    expect(coverOf(Float64Array.from(costs))).toBeCloseTo(cover, 6);
  });
});
