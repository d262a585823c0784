/**
 * What one call used, as Anthropic's `usage` object counts it, under our names. `inputTokens` excludes
 * cached tokens. Every count is a whole number >= 0; null is "nobody reported it", which is not zero.
 */
export type TokenUsage = {
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadInputTokens: number | null;
  cacheCreation5mInputTokens: number | null;
  cacheCreation1hInputTokens: number | null;
  webSearchRequests: number | null;
  /** `usage.speed`: the fast mode has prices of its own. */
  speed: "standard" | "fast";
  /** `usage.inference_geo`, as reported ("us" costs more); null when absent. */
  inferenceGeo: string | null;
  /**
   * The model turns inside one request (`usage.iterations`, entries of type "message"), when reported and
   * consistent with the totals; a long-prompt price applies to each by its own size. Otherwise null.
   */
  iterations: readonly IterationUsage[] | null;
};

export type IterationUsage = {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreation5mInputTokens: number;
  cacheCreation1hInputTokens: number;
};

/** A call of which nothing has been reported yet. */
export const UNREPORTED_USAGE: TokenUsage = {
  inputTokens: null,
  outputTokens: null,
  cacheReadInputTokens: null,
  cacheCreation5mInputTokens: null,
  cacheCreation1hInputTokens: null,
  webSearchRequests: null,
  speed: "standard",
  inferenceGeo: null,
  iterations: null,
};
