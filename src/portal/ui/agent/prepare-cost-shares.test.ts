import { expect, test } from "vitest";

import { prepareModelRows, prepareTokenRows, type TokenSums } from "#portal/ui/agent/prepare-cost-shares.ts";

const NONE: TokenSums = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheCreation5mInputTokens: 0,
  cacheCreation1hInputTokens: 0,
  webSearchRequests: 0,
};

test("models come dearest first, with their share of all", () => {
  const rows = prepareModelRows([
    { model: "claude-haiku-4-5", listCost: 10_000_000n, requests: 900, tokens: NONE },
    { model: "claude-opus-4-8", listCost: 990_000_000n, requests: 1_100, tokens: NONE },
  ]);
  expect(rows.map(({ name, value, percent, requests }) => [name, value, percent, requests])).toEqual([
    ["claude-opus-4-8", "$0.99", "99 %", "1,100"],
    ["claude-haiku-4-5", "$0.01", "1.0 %", "900"],
  ]);
});

test("models that cost nothing keep an order and have no share", () => {
  const rows = prepareModelRows([
    { model: "a", listCost: 0n, requests: 1, tokens: NONE },
    { model: "b", listCost: 0n, requests: 5, tokens: NONE },
  ]);
  expect(rows.map(({ name, share }) => [name, share])).toEqual([
    ["b", 0],
    ["a", 0],
  ]);
});

test("all five token types are listed, summed over the days, in the order a call uses them", () => {
  const view = prepareTokenRows([
    { tokens: { ...NONE, inputTokens: 1_000, outputTokens: 500, cacheReadInputTokens: 8_000 } },
    { tokens: { ...NONE, inputTokens: 500, cacheCreation1hInputTokens: 10_000, webSearchRequests: 3 } },
  ]);
  expect(view.rows.map(({ name, value, percent }) => [name, value, percent])).toEqual([
    ["Input", "1,500", "7.5 %"],
    ["Output", "500", "2.5 %"],
    ["Cache read", "8,000", "40 %"],
    ["Cache write, 5 min", "0", "0 %"],
    ["Cache write, 1 h", "10,000", "50 %"],
  ]);
  expect([view.total, view.webSearches]).toEqual(["20,000", "3"]);
});

test("without web searches none are mentioned", () => {
  expect(prepareTokenRows([]).webSearches).toBeNull();
});
