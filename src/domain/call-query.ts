import type { NanoUsd } from "#domain/money.ts";
import type { Span } from "#domain/period.ts";

/** How a list of calls is put in order. Of equal calls the newest comes first; what is not known comes last. */
export const CALL_SORTS = ["newest", "slowest", "dearest", "most-tokens", "lowest-cache-hit"] as const;
export type CallSort = (typeof CALL_SORTS)[number];

/** The last hour, day, week, month or quarter, up to now. */
export const CALL_SPANS = ["1h", "24h", "7d", "30d", "90d"] as const;
export type CallSpan = (typeof CALL_SPANS)[number];

/** How a call ended. */
export const CALL_ENDS = ["completed", "incomplete", "failed", "refused"] as const;
export type CallEnd = (typeof CALL_ENDS)[number];

/** What the listed calls have in common; null: it does not matter. Bounds are inclusive. */
export type CallFilter = {
  agentName: string | null;
  /** Whose the agent was when the call was admitted. */
  ownerId: string | null;
  model: string | null;
  outcome: CallEnd | null;
  /** The HTTP status that the agent got. */
  status: number | null;
  sessionId: string | null;
  subagentId: string | null;
  costMin: NanoUsd | null;
  costMax: NanoUsd | null;
  /** All tokens of the call, in and out, cached ones included. */
  tokensMin: number | null;
  tokensMax: number | null;
  latencyMinMs: number | null;
  latencyMaxMs: number | null;
};

/** A view of the calls: which, from when, in what order. */
export type CallQuery = { span: CallSpan | Span; sort: CallSort; filter: CallFilter };

export const ANY_CALL: CallFilter = {
  agentName: null,
  ownerId: null,
  model: null,
  outcome: null,
  status: null,
  sessionId: null,
  subagentId: null,
  costMin: null,
  costMax: null,
  tokensMin: null,
  tokensMax: null,
  latencyMinMs: null,
  latencyMaxMs: null,
};

const HOUR_MS = 3_600_000;
const SPAN_MS: Record<CallSpan, number> = {
  "1h": HOUR_MS,
  "24h": 24 * HOUR_MS,
  "7d": 7 * 24 * HOUR_MS,
  "30d": 30 * 24 * HOUR_MS,
  "90d": 90 * 24 * HOUR_MS,
};
/** Clocks of two machines differ: a call admitted a moment ahead of ours is still "up to now". */
const AHEAD_MS = 60_000;

/** The instants that a view covers, looked at from `now`. Pure. */
export function spanOf(span: CallQuery["span"], now: Date): Span {
  if (typeof span !== "string") return span;
  return { start: new Date(now.getTime() - SPAN_MS[span]), end: new Date(now.getTime() + AHEAD_MS) };
}

/** A prompt below this cannot be cached, whatever one does. */
export const CACHEABLE_TOKENS_MIN = 1_024;

type PromptCounts = {
  inputTokens: number | null;
  cacheReadInputTokens: number | null;
  cacheCreation5mInputTokens: number | null;
  cacheCreation1hInputTokens: number | null;
};

/**
 * The share of a prompt that was read from the cache, 0 to 1. Null: a count of it is not known, or it is too short to be
 * cached (`call_cache_hit` in prisma/migrations/0006_requests orders calls by the same).
 */
export function cacheHitOf(usage: PromptCounts): number | null {
  const { inputTokens, cacheReadInputTokens, cacheCreation5mInputTokens, cacheCreation1hInputTokens } = usage;
  if (inputTokens === null || cacheReadInputTokens === null) return null;
  if (cacheCreation5mInputTokens === null || cacheCreation1hInputTokens === null) return null;
  const prompt = inputTokens + cacheReadInputTokens + cacheCreation5mInputTokens + cacheCreation1hInputTokens;
  return prompt < CACHEABLE_TOKENS_MIN ? null : cacheReadInputTokens / prompt;
}
