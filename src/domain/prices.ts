import type { NanoUsd } from "#domain/money.ts";

/** Prices of one model, in nano-USD per million tokens. */
export type TokenPrices = {
  input: NanoUsd;
  output: NanoUsd;
  cacheCreation5m: NanoUsd;
  cacheCreation1h: NanoUsd;
  cacheRead: NanoUsd;
};

/** What one model costs from an instant on. `model` is a normalised id (`normaliseModelId`). */
export type ModelPrice = {
  model: string;
  /** Inclusive; holds until the model's next entry. */
  effectiveFrom: Date;
  standard: TokenPrices;
  /** Prices of the fast mode; null: it costs the same. */
  fast: TokenPrices | null;
  /**
   * Prices of a prompt of strictly more than `abovePromptTokens` tokens (cached ones included), for all its
   * meters. They replace `standard`; the fast mode has no such tier.
   */
  longPrompt: { abovePromptTokens: number; prices: TokenPrices } | null;
};

/** No change of these prices is known: they hold for every call the model ever answered. */
const SINCE_RELEASE = new Date(0);

/** Input, output, cache write 5 min, cache write 1 h, cache read: US dollars per million tokens, as published. */
type Row = readonly [input: number, output: number, write5m: number, write1h: number, read: number];

const OPUS_4: Row = [15, 75, 18.75, 30, 1.5];
const OPUS_4_5: Row = [5, 25, 6.25, 10, 0.5];
const SONNET_4: Row = [3, 15, 3.75, 6, 0.3];

/**
 * Anthropic's list prices, newest model first. Source: what Claude Code 2.1.330 charges for controlled usage
 * numbers (measured 2026-11-23), compared with the price pages of platform.claude.com, which agree for every
 * model they show. Models are under their normalised ids; a price that changes gets a second, dated entry.
 */
export const BUILT_IN_PRICES: readonly ModelPrice[] = [
  price("claude-opus-5-5", [4, 20, 5, 8, 0.2], { fast: [8, 40, 10, 16, 0.4] }),
  price("claude-opus-5", OPUS_4_5, { fast: [10, 50, 12.5, 20, 1] }),
  price("claude-opus-4-8", OPUS_4_5, { fast: [10, 50, 12.5, 20, 1] }),
  price("claude-opus-4-7", OPUS_4_5, { fast: [30, 150, 37.5, 60, 3] }),
  price("claude-opus-4-6", OPUS_4_5, { fast: [30, 150, 37.5, 60, 3] }),
  price("claude-opus-4-5", OPUS_4_5),
  price("claude-opus-4-1", OPUS_4),
  price("claude-opus-4-0", OPUS_4),
  // The cache read price is known to hold from 2026-10-07. What it was before is not published, so it is not guessed.
  price("claude-sonnet-5-5", [2, 10, 2.5, 4, 0.1]),
  price("claude-sonnet-5", [2, 10, 2.5, 4, 0.2]),
  price("claude-sonnet-4-6", SONNET_4),
  price("claude-sonnet-4-5", SONNET_4),
  price("claude-sonnet-4-0", SONNET_4),
  price("claude-3-7-sonnet", SONNET_4),
  price("claude-3-5-sonnet", SONNET_4),
  price("claude-haiku-5-5", [0.1, 0.5, 0.125, 0.2, 0.01], { above100k: [0.5, 2.5, 0.625, 1, 0.05] }),
  price("claude-haiku-4-5", [1, 5, 1.25, 2, 0.1]),
  price("claude-3-5-haiku", [0.8, 4, 1, 1.6, 0.08]),
  price("claude-fable-5-2", [8, 40, 10, 16, 0.2], { fast: [16, 80, 20, 32, 0.4] }),
  price("claude-fable-5-1", [10, 50, 12.5, 20, 0.25]),
  price("claude-fable-5", [10, 50, 12.5, 20, 1]),
  // Of its fast prices only the input price was measured; the others are those of fable-5-2, its equal in all else.
  price("claude-mythos-5-2", [8, 40, 10, 16, 0.2], { fast: [16, 80, 20, 32, 0.4] }),
  price("claude-mythos-5-1", [10, 50, 12.5, 20, 0.25]),
  price("claude-mythos-5", [10, 50, 12.5, 20, 1]),
];

function price(model: string, standard: Row, special: { fast?: Row; above100k?: Row } = {}): ModelPrice {
  return {
    model,
    effectiveFrom: SINCE_RELEASE,
    standard: toTokenPrices(standard),
    fast: special.fast === undefined ? null : toTokenPrices(special.fast),
    longPrompt:
      special.above100k === undefined ? null : { abovePromptTokens: 100_000, prices: toTokenPrices(special.above100k) },
  };
}

function toTokenPrices([input, output, write5m, write1h, read]: Row): TokenPrices {
  return {
    input: nanoUsd(input),
    output: nanoUsd(output),
    cacheCreation5m: nanoUsd(write5m),
    cacheCreation1h: nanoUsd(write1h),
    cacheRead: nanoUsd(read),
  };
}

/** Exact: published prices have at most a few decimals, and the product is rounded to the whole nano-dollar. */
function nanoUsd(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e9));
}
