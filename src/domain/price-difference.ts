import type { NanoUsd } from "#domain/money.ts";

/** A call as the ledger has it, as far as its price goes. Counts that nobody reported are null. */
export type PricedHere = {
  costNanoUsd: NanoUsd;
  pricedAs: "list" | "family" | "dearest" | "none";
  isEstimated: boolean;
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadInputTokens: number | null;
  cacheCreation5mInputTokens: number | null;
  cacheCreation1hInputTokens: number | null;
  webSearchRequests: number | null;
};

/** The same call as Helicone has it. */
export type PricedThere = {
  costNanoUsd: NanoUsd;
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
};

/** Why the ledger and Helicone price a call differently, as a sentence for people. */
export const PRICE_DIFFERENCES = {
  unread: "Helicone has no price for this model, and does not read its answers.",
  unpriced: "Helicone has no price for this model.",
  empty_count: "Helicone counts nothing where input or output is 0.",
  estimated: "Our count is an estimate: the answer did not end.",
  other_tokens: "Helicone counted other tokens.",
  one_hour_cache: "Helicone prices one-hour cache writes as five-minute ones.",
  web_search: "Helicone does not price web searches.",
  long_prompt: "Helicone has no price of its own for long prompts.",
  guessed: "We have no exact price for this model.",
  other_price: "Helicone's price differs from ours.",
} as const;

export type PriceDifference = keyof typeof PRICE_DIFFERENCES;

/** Both sides round: less than this (nano-USD) is no difference. */
const TOLERANCE = 10n;
const LONG_PROMPT_TOKENS = 200_000;

/** Says why two prices of one call differ, by the likeliest reason; null when they do not. */
export function explainPriceDifference(here: PricedHere, there: PricedThere): PriceDifference | null {
  const gap = here.costNanoUsd - there.costNanoUsd;
  if (gap <= TOLERANCE && gap >= -TOLERANCE) return null;
  if (there.costNanoUsd === 0n) return explainNothing(here, there);
  if (here.isEstimated) return "estimated";
  if (!hasSameTokens(here, there)) return "other_tokens";
  if ((here.cacheCreation1hInputTokens ?? 0) > 0) return "one_hour_cache";
  if ((here.webSearchRequests ?? 0) > 0) return "web_search";
  if (promptTokens(here) > LONG_PROMPT_TOKENS) return "long_prompt";
  return here.pricedAs === "list" ? "other_price" : "guessed";
}

function explainNothing(here: PricedHere, there: PricedThere): PriceDifference {
  const isUncounted = there.inputTokens + there.outputTokens === 0;
  if (!isUncounted) return "unpriced";
  const isEmpty = (here.inputTokens ?? 0) === 0 || (here.outputTokens ?? 0) === 0;
  return isEmpty ? "empty_count" : "unread";
}

function hasSameTokens(here: PricedHere, there: PricedThere): boolean {
  const written = (here.cacheCreation5mInputTokens ?? 0) + (here.cacheCreation1hInputTokens ?? 0);
  return (
    (here.inputTokens ?? 0) === there.inputTokens &&
    (here.outputTokens ?? 0) === there.outputTokens &&
    (here.cacheReadInputTokens ?? 0) === there.cacheReadInputTokens &&
    written === there.cacheCreationInputTokens
  );
}

function promptTokens(here: PricedHere): number {
  const written = (here.cacheCreation5mInputTokens ?? 0) + (here.cacheCreation1hInputTokens ?? 0);
  return (here.inputTokens ?? 0) + (here.cacheReadInputTokens ?? 0) + written;
}
