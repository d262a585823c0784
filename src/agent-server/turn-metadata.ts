import type { TurnMetadata } from "#agent-server/chat-answer.ts";
import { toNumber } from "#agent-server/json-value.ts";
import type { TurnRecord } from "#agent-server/turn-reader.ts";
import { turnUsage } from "#agent-server/turn-usage.ts";

/** Of models that Claude Code has said nothing about. */
export const CONTEXT_WINDOW_DEFAULT = 200_000;

/** What a turn took, in the words of the answer. `elapsedMs` counts where Claude Code has not measured. */
export function turnMetadata(record: TurnRecord, elapsedMs: number): TurnMetadata {
  const result = record.result ?? {};
  const usage = turnUsage(result, record.model);
  return {
    cost_usd: usage.costUsd,
    duration_ms: Math.round(toNumber(result.duration_ms) ?? elapsedMs),
    num_turns: toNumber(result.num_turns),
    tool_count: record.toolCount,
    session_id: record.sessionId,
    model: record.model,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_creation_tokens: usage.cacheCreationTokens,
    cache_read_tokens: usage.cacheReadTokens,
    context_window: usage.contextWindow ?? CONTEXT_WINDOW_DEFAULT,
  };
}
