import type { NanoUsd } from "#domain/money.ts";
import { findPrice, normaliseModelId, type PriceList } from "#domain/price-list.ts";

/** Tokens of a model's calls that had to do with the prompt cache. */
export type CachedTokens = {
  cacheReadInputTokens: number;
  cacheCreation5mInputTokens: number;
  cacheCreation1hInputTokens: number;
};

/** A price list, and the instant whose prices count. */
export type PricesAt = { prices: PriceList; at: Date };

/**
 * What the prompt cache has saved on these tokens, in nano-USD at the prices in effect at `at`: what they would have cost as
 * plain input, less what reading and writing them did cost. Negative where more was written than was worth it. Fast mode,
 * geography and long prompts are left out, so this is about right, not exact. Null: the list does not know the model.
 */
export function cacheSaving({ prices, at }: PricesAt, model: string, tokens: CachedTokens): NanoUsd | null {
  const price = findPrice(prices, normaliseModelId(model), at)?.standard;
  if (price === undefined) return null;
  const perMillion =
    (price.input - price.cacheRead) * BigInt(tokens.cacheReadInputTokens) +
    (price.input - price.cacheCreation5m) * BigInt(tokens.cacheCreation5mInputTokens) +
    (price.input - price.cacheCreation1h) * BigInt(tokens.cacheCreation1hInputTokens);
  return perMillion / 1_000_000n;
}
