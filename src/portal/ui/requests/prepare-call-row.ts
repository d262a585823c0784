import { cacheHitOf } from "#domain/call-query.ts";
import type { FoundCall } from "#portal/client/answers.ts";
import {
  type Figure,
  prepareRequestRow,
  type RequestView,
  tokensFigure,
} from "#portal/ui/agent/prepare-request-row.ts";
import { formatShare } from "#portal/ui/format/counts.ts";

/** One row of the list of all calls. */
export type CallRowView = RequestView & {
  /** Null: it was not kept. */
  agentName: string | null;
  /** In and out together. */
  tokens: Figure;
  cacheHit: Figure;
};

/** Every text of a row. */
export function prepareCallRow(call: FoundCall): CallRowView {
  return {
    ...prepareRequestRow(call),
    agentName: call.tags?.agentName ?? null,
    tokens: tokensFigure(call, [
      "inputTokens",
      "cacheReadInputTokens",
      "cacheCreation5mInputTokens",
      "cacheCreation1hInputTokens",
      "outputTokens",
    ]),
    cacheHit: cacheHitFigure(call),
  };
}

/** How much of the prompt was read from the cache. */
export function cacheHitFigure({ outcome, usage }: FoundCall): Figure {
  const share = cacheHitOf(usage);
  if (share !== null) return { text: formatShare(share, 1), note: "Of the prompt's tokens, read from the cache." };
  if (outcome === "refused") return { text: "–", note: "The call did not reach the upstream." };
  const isKnown = usage.inputTokens !== null && usage.cacheReadInputTokens !== null;
  if (isKnown) return { text: "–", note: "The prompt is shorter than what can be cached (1,024 tokens)." };
  return { text: null, note: "Nobody reported it." };
}
