import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { TOKEN_TYPES, type TokenType } from "#domain/token-cost.ts";
import type { ShareRow } from "#portal/ui/agent/prepare-cost-shares.ts";
import { formatShare, shareOf } from "#portal/ui/format/counts.ts";

export const TYPE_NAMES: Record<TokenType, string> = {
  inputTokens: "Input, not cached",
  outputTokens: "Output",
  cacheReadInputTokens: "Cache read",
  cacheCreation5mInputTokens: "Cache write, 5 min",
  cacheCreation1hInputTokens: "Cache write, 1 h",
};

type Breakdown = { listCost: NanoUsd; byType: Record<TokenType, NanoUsd>; webSearches: NanoUsd; rest: NanoUsd };

/** What the money went to, in the order in which a call uses it. The rows add up to the total. */
export function prepareCostParts({ listCost, byType, webSearches, rest }: Breakdown): {
  rows: ShareRow[];
  total: string;
} {
  const toRow = (name: string, amount: NanoUsd): ShareRow => ({
    name,
    value: amount < 0n ? `−${formatUsd(-amount)}` : formatUsd(amount),
    share: amount < 0n ? 0 : shareOf(amount, listCost),
    percent: amount < 0n ? "" : formatShare(amount, listCost),
  });
  return {
    rows: [
      ...TOKEN_TYPES.map((type) => toRow(TYPE_NAMES[type], byType[type])),
      ...(webSearches === 0n ? [] : [toRow("Web searches", webSearches)]),
      ...(rest === 0n ? [] : [toRow("Not told by these lines", rest)]),
    ],
    total: formatUsd(listCost),
  };
}
