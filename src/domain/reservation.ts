import type { NanoUsd } from "#domain/money.ts";
import { findPrice, type ModelPrice, type PriceList, pricesInEffect, type TokenPrices } from "#domain/price-list.ts";
import { priceCall } from "#domain/pricing.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";

/** What is known of a call's size before it is made. */
export type CallSize = { requestBytes: number; maxTokens: number | null };

/** Prices of one model in nano-USD per token, as far as reservations need them. */
export type CallPrices = {
  /** The normalised id of the model whose prices these are. */
  model: string;
  /** Input that has to be written to the cache, which is what a prompt costs that nobody has sent before. */
  coldInput: number;
  output: number;
  /** The most that a token can cost: of the dearest meter, mode, tier and geography. */
  dearestInput: number;
  dearestOutput: number;
};

/** What covers the next call of an agent to a model, by what the last of them really cost, in nano-USD (`coverOf`). */
export type CostExperience = { calls: number; inputPerByte: number; output: number };

/** What a call may cost: input and output apart, as they become known at different times. */
export type CostEstimate = { input: number; output: number };

/**
 * A call's two reservations, in nano-USD: what it is expected to cost, and the most that it can; and what it has cost already,
 * as far as that was seen.
 */
export type Reservation = { expected: CostEstimate; guaranteed: CostEstimate; metered: CostEstimate };

/** About four bytes of a request make a token, and no token is less than one byte. */
const BYTES_PER_TOKEN = 4;
/**
 * Of an agent's first calls to a model: far more than most answers have, far less than what is asked for (up to 128,000).
 * It holds back only the first few calls near a limit, until one of them has ended.
 */
export const FIRST_OUTPUT_TOKENS = 4_000;
/** What the largest models write at the most, for requests that do not say. The upstream refuses those. */
const OUTPUT_TOKENS_MAX = 128_000;
/** From so many calls on, experience alone decides; before, it can only raise the first guess. */
export const EXPERIENCED_CALLS = 4;
/**
 * An expected reservation covers what so many of the last calls cost at the most, and so many times their mean: the first for
 * calls that differ, the second for those that get dearer all at once. More makes the last stretch before a limit slower, less
 * lets more of them overshoot together (`npm run bench:limits`, where jumps to the fivefold stay within one call).
 */
const QUANTILE = 0.95;
const MEAN_FACTOR = 6;

/** What a call reserves. The expected part never exceeds the guaranteed one. Pure. */
export function reserve(size: CallSize, prices: CallPrices, experience: CostExperience | null): Reservation {
  const outputTokensMax = size.maxTokens ?? OUTPUT_TOKENS_MAX;
  const guaranteed = {
    input: size.requestBytes * prices.dearestInput,
    output: outputTokensMax * prices.dearestOutput,
  };
  const first = {
    input: (size.requestBytes / BYTES_PER_TOKEN) * prices.coldInput,
    output: FIRST_OUTPUT_TOKENS * prices.output,
  };
  const expected = experience === null ? first : expectFrom(experience, size, first);
  return {
    expected: {
      input: Math.min(expected.input, guaranteed.input),
      output: Math.min(expected.output, guaranteed.output),
    },
    guaranteed,
    metered: { input: 0, output: 0 },
  };
}

/**
 * The prices that reservations for a model go by: the list's, of a model that it does not know those of the dearest relative.
 * @throws RangeError for a list without a single price in effect
 */
export function callPricesOf(prices: PriceList, requestedModel: string, at: Date): CallPrices {
  const usage = { ...UNREPORTED_USAGE, outputTokens: 1 };
  const { model, pricedAs } = priceCall({ prices, models: [requestedModel], usage, at });
  const price = findPrice(prices, model, at);
  if (price === null) throw new RangeError(`No price of ${model} is in effect.`);
  // Of a model that is not in the list it depends on the usage which relative is the dearest.
  const tiers = (pricedAs === "list" ? [price] : pricesInEffect(prices, at)).flatMap(tiersOf);
  const percents = [100n, ...prices.inferenceGeoPercent.values()].map(Number);
  const dearest = (meters: readonly (keyof TokenPrices)[]) =>
    (Math.max(...tiers.flatMap((tier) => meters.map((meter) => perToken(tier[meter])))) * Math.max(...percents)) / 100;
  return {
    model,
    coldInput: perToken(price.standard.cacheCreation5m),
    output: perToken(price.standard.output),
    dearestInput: dearest(["input", "cacheCreation5m", "cacheCreation1h", "cacheRead"]),
    dearestOutput: dearest(["output"]),
  };
}

/** What covers the next cost, by the last ones; there is at least one. Pure. */
export function coverOf(costs: Float64Array): number {
  const sorted = costs.toSorted();
  const high = sorted[Math.ceil(QUANTILE * sorted.length) - 1] ?? 0;
  const mean = sorted.reduce((sum, cost) => sum + cost, 0) / Math.max(1, sorted.length);
  return Math.max(high, mean * MEAN_FACTOR);
}

/** A reservation as an amount that is held: whole nano-USD, rounded up. */
export function toAmount({ input, output }: CostEstimate): NanoUsd {
  return BigInt(Math.ceil(input + output));
}

function expectFrom(experience: CostExperience, size: CallSize, first: CostEstimate): CostEstimate {
  const expected = {
    input: experience.inputPerByte * size.requestBytes,
    output: experience.output,
  };
  if (experience.calls >= EXPERIENCED_CALLS) return expected;
  return { input: Math.max(expected.input, first.input), output: Math.max(expected.output, first.output) };
}

function tiersOf({ standard, fast, longPrompt }: ModelPrice): TokenPrices[] {
  return [standard, fast, longPrompt?.prices ?? null].filter((tier) => tier !== null);
}

/** Prices are nano-USD per million tokens; a reservation is an estimate and needs no exact ones. */
function perToken(price: NanoUsd): number {
  return Number(price) / 1_000_000;
}
