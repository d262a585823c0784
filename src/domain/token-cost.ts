import type { PricesAt } from "#domain/cache-saving.ts";
import type { NanoUsd } from "#domain/money.ts";
import { findPrice, normaliseModelId } from "#domain/price-list.ts";

export const TOKEN_TYPES = [
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheCreation5mInputTokens",
  "cacheCreation1hInputTokens",
] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

const METERS = {
  inputTokens: "input",
  outputTokens: "output",
  cacheReadInputTokens: "cacheRead",
  cacheCreation5mInputTokens: "cacheCreation5m",
  cacheCreation1hInputTokens: "cacheCreation1h",
} as const;

/**
 * What a model's tokens cost by their type, in nano-USD at the prices in effect at `at`. Fast mode, geography and long prompts are
 * left out, so this is about right, not exact. Null: the list does not know the model.
 */
export function tokenCosts(
  { prices, at }: PricesAt,
  model: string,
  tokens: Readonly<Record<TokenType, number>>,
): Record<TokenType, NanoUsd> | null {
  const price = findPrice(prices, normaliseModelId(model), at)?.standard;
  if (price === undefined) return null;
  const costOf = (type: TokenType) => (price[METERS[type]] * BigInt(tokens[type])) / 1_000_000n;
  return {
    inputTokens: costOf("inputTokens"),
    outputTokens: costOf("outputTokens"),
    cacheReadInputTokens: costOf("cacheReadInputTokens"),
    cacheCreation5mInputTokens: costOf("cacheCreation5mInputTokens"),
    cacheCreation1hInputTokens: costOf("cacheCreation1hInputTokens"),
  };
}
