import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { formatCount, formatShare, shareOf } from "#portal/ui/format/counts.ts";

export type TokenSums = {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreation5mInputTokens: number;
  cacheCreation1hInputTokens: number;
  webSearchRequests: number;
};

type ModelCost = { model: string; listCost: NanoUsd; requests: number; tokens: TokenSums };

/** A row with its part of the whole: `share` (0 to 1) is for the bar, the texts are exact. */
export type ShareRow = { name: string; value: string; share: number; percent: string };
export type ModelRow = ShareRow & { requests: string };

/** In the order in which a call uses them. */
const TOKEN_TYPES = [
  ["inputTokens", "Input"],
  ["outputTokens", "Output"],
  ["cacheReadInputTokens", "Cache read"],
  ["cacheCreation5mInputTokens", "Cache write, 5 min"],
  ["cacheCreation1hInputTokens", "Cache write, 1 h"],
] as const satisfies [keyof TokenSums, string][];

/** Cost by model, dearest first, each with its share of all. */
export function prepareModelRows(models: readonly ModelCost[]): ModelRow[] {
  const total = models.reduce((sum, { listCost }) => sum + listCost, 0n);
  return models
    .toSorted((a, b) => Number(b.listCost - a.listCost) || b.requests - a.requests)
    .map(({ model, listCost, requests }) => ({
      name: model,
      value: formatUsd(listCost),
      share: shareOf(listCost, total),
      percent: formatShare(listCost, total),
      requests: formatCount(requests),
    }));
}

/** Tokens by type, always all five, with the total and the number of paid web searches (null when there were none). */
export function prepareTokenRows(parts: readonly { tokens: TokenSums }[]): {
  rows: ShareRow[];
  total: string;
  webSearches: string | null;
} {
  const sums = TOKEN_TYPES.map(([key, name]) => ({ name, count: sumOf(parts, key) }));
  const total = sums.reduce((sum, { count }) => sum + count, 0);
  const webSearches = sumOf(parts, "webSearchRequests");
  return {
    rows: sums.map(({ name, count }) => ({
      name,
      value: formatCount(count),
      share: shareOf(count, total),
      percent: formatShare(count, total),
    })),
    total: formatCount(total),
    webSearches: webSearches === 0 ? null : formatCount(webSearches),
  };
}

function sumOf(parts: readonly { tokens: TokenSums }[], key: keyof TokenSums): number {
  return parts.reduce((sum, { tokens }) => sum + tokens[key], 0);
}
