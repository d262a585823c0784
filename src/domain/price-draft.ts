import { amountProblem } from "#domain/limit-rules.ts";
import { type NanoUsd, parseUsd, toUsdText } from "#domain/money.ts";
import { type ModelPrice, normaliseModelId, type TokenPrices } from "#domain/price-list.ts";

/** What tokens are priced by, in the order in which people read it. */
export const TOKEN_PRICE_NAMES = ["input", "output", "cacheRead", "cacheCreation5m", "cacheCreation1h"] as const;
export type TokenPriceName = (typeof TOKEN_PRICE_NAMES)[number];

/** Dollars per million tokens, as typed. */
export type TokenPricesDraft = Record<TokenPriceName, string>;

/** A price as people type it; the tiers are null where the model has none. */
export type PriceDraft = {
  standard: TokenPricesDraft;
  fast: TokenPricesDraft | null;
  longPrompt: { abovePromptTokens: number; prices: TokenPricesDraft } | null;
};

const USD_PER_MILLION_MAX: NanoUsd = 100_000_000_000_000n;
const MODEL_LENGTH_MAX = 128;
const PROMPT_TOKENS_MAX = 100_000_000;

/** What is wrong with one amount, as the rest of a sentence ("must be ..."); null when it can be charged. */
export function tokenPriceProblem(text: string): string | null {
  const amount = parseUsd(text);
  if (amount === null) return text.trim() === "" ? "is empty: write 0 for what costs nothing." : amountProblem(text);
  return amount > USD_PER_MILLION_MAX ? "is above $100,000 per million tokens: check the unit." : null;
}

/** What is wrong with a model's name; null when a price can be kept under it. */
export function modelProblem(text: string): string | null {
  const model = normaliseModelId(text);
  if (model === "") return "Name the model as calls name it, such as claude-sonnet-4-5.";
  if (model.length > MODEL_LENGTH_MAX) return `Use at most ${MODEL_LENGTH_MAX} characters.`;
  return /^[a-z0-9][a-z0-9._:-]*$/.test(model) ? null : "Use letters, digits, dots, colons and hyphens alone.";
}

/** What is wrong with the size from which a prompt is a long one; null when it can be used. */
export function promptTokensProblem(tokens: number): string | null {
  const isUsable = Number.isInteger(tokens) && tokens >= 1 && tokens <= PROMPT_TOKENS_MAX;
  return isUsable ? null : "Write a whole number of tokens, from 1 to 100,000,000.";
}

/** The first thing wrong with a draft, as a sentence; null when it can be saved. */
export function priceDraftProblem({ standard, fast, longPrompt }: PriceDraft): string | null {
  const tiers = [standard, ...(fast === null ? [] : [fast]), ...(longPrompt === null ? [] : [longPrompt.prices])];
  for (const tier of tiers) {
    for (const name of TOKEN_PRICE_NAMES) {
      const problem = tokenPriceProblem(tier[name]);
      if (problem !== null) return `The price of ${TOKEN_PRICE_WORDS[name].toLowerCase()} ${problem}`;
    }
  }
  return longPrompt === null ? null : promptTokensProblem(longPrompt.abovePromptTokens);
}

export const TOKEN_PRICE_WORDS: Record<TokenPriceName, string> = {
  input: "Input",
  output: "Output",
  cacheRead: "Cache read",
  cacheCreation5m: "Cache write, 5 min",
  cacheCreation1h: "Cache write, 1 h",
};

/** The draft in the one spelling in which it is kept: plain decimals, without blanks and needless zeros. @throws RangeError for one with a problem */
export function normalisePriceDraft({ standard, fast, longPrompt }: PriceDraft): PriceDraft {
  return {
    standard: normalise(standard),
    fast: fast === null ? null : normalise(fast),
    longPrompt: longPrompt === null ? null : { ...longPrompt, prices: normalise(longPrompt.prices) },
  };
}

/** A price as it would be typed. */
export function toPriceDraft({ standard, fast, longPrompt }: Omit<ModelPrice, "model" | "effectiveFrom">): PriceDraft {
  return {
    standard: toTexts(standard),
    fast: fast === null ? null : toTexts(fast),
    longPrompt: longPrompt === null ? null : { ...longPrompt, prices: toTexts(longPrompt.prices) },
  };
}

function toTexts(prices: TokenPrices): TokenPricesDraft {
  return mapNames((name) => toUsdText(prices[name]));
}

function normalise(draft: TokenPricesDraft): TokenPricesDraft {
  return mapNames((name) => {
    const amount = parseUsd(draft[name]);
    if (amount === null) throw new RangeError(`The price of ${name} is no amount.`);
    return toUsdText(amount);
  });
}

function mapNames(textOf: (name: TokenPriceName) => string): TokenPricesDraft {
  return {
    input: textOf("input"),
    output: textOf("output"),
    cacheRead: textOf("cacheRead"),
    cacheCreation5m: textOf("cacheCreation5m"),
    cacheCreation1h: textOf("cacheCreation1h"),
  };
}
