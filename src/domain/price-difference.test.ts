import { expect, it } from "vitest";

import { explainPriceDifference, type PricedHere, type PricedThere } from "#domain/price-difference.ts";

const HERE: PricedHere = {
  costNanoUsd: 4_500_000n,
  pricedAs: "list",
  isEstimated: false,
  inputTokens: 1_000,
  outputTokens: 100,
  cacheReadInputTokens: null,
  cacheCreation5mInputTokens: null,
  cacheCreation1hInputTokens: null,
  webSearchRequests: null,
};
const THERE: PricedThere = {
  costNanoUsd: 4_500_000n,
  inputTokens: 1_000,
  outputTokens: 100,
  cacheReadInputTokens: 0,
  cacheCreationInputTokens: 0,
};
const NOTHING = { ...THERE, costNanoUsd: 0n, inputTokens: 0, outputTokens: 0 };

it.each<[string | null, Partial<PricedHere>, Partial<PricedThere>]>([
  [null, {}, {}],
  [null, {}, { costNanoUsd: 4_500_010n }],
  ["unread", {}, NOTHING],
  ["unpriced", {}, { costNanoUsd: 0n }],
  ["empty_count", { inputTokens: 0, cacheReadInputTokens: 50_000 }, NOTHING],
  ["empty_count", { outputTokens: null }, NOTHING],
  ["estimated", { isEstimated: true, outputTokens: 50 }, { costNanoUsd: 4_000_000n }],
  ["other_tokens", { inputTokens: 1_001 }, { costNanoUsd: 4_000_000n }],
  [
    "one_hour_cache",
    { costNanoUsd: 601_530_000n, cacheCreation1hInputTokens: 100_000 },
    { costNanoUsd: 376_530_000n, cacheCreationInputTokens: 100_000 },
  ],
  ["web_search", { costNanoUsd: 14_500_000n, webSearchRequests: 1 }, {}],
  [
    "long_prompt",
    { costNanoUsd: 1_502_250_000n, inputTokens: 250_000 },
    { costNanoUsd: 751_500_000n, inputTokens: 250_000 },
  ],
  ["guessed", { pricedAs: "family", costNanoUsd: 9_000_000n }, {}],
  ["other_price", { costNanoUsd: 9_000_000n }, {}],
  ["other_price", { costNanoUsd: 0n, pricedAs: "list" }, {}],
])("the reason is %s for %o against %o", (reason, here, there) => {
  expect(explainPriceDifference({ ...HERE, ...here }, { ...THERE, ...there })).toBe(reason);
});
