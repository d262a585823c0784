import type { NanoUsd } from "#domain/money.ts";
import type { Span } from "#domain/period.ts";

/** A call of more tokens than this, in and out, cached ones included, is a heavy one. */
export const HEAVY_TOKENS = 150_000;

/** What is known of one UTC day. Tokens of prompts only. */
export type InsightDay = { dayStart: Date; listCost: NanoUsd; promptTokens: number; cacheReadTokens: number };

/** What the sums and the calls of a span say. Costs are nano-USD at list price. */
export type InsightFacts = {
  span: Span;
  requests: number;
  failedRequests: number;
  refusedRequests: number;
  /** Every day of the span that is over or under way, the oldest first. */
  days: readonly InsightDay[];
  /** Of the calls that have been looked at one by one: all of them but the very newest. */
  looked: {
    listCost: NanoUsd;
    subagentCost: NanoUsd;
    heavyRequests: number;
    heavyCost: NanoUsd;
    /** What cache writes cost that no later call read; at least so much. */
    unreadWriteCost: NanoUsd;
  };
};

/** One thing worth knowing. `share`: 0 to 1. */
export type Insight =
  | { kind: "unread-writes"; share: number; cost: NanoUsd }
  | { kind: "subagents"; share: number; cost: NanoUsd }
  | { kind: "heavy-calls"; count: number; cost: NanoUsd }
  | { kind: "cache-fell"; before: number; after: number; since: Date }
  | { kind: "dear-day"; dayStart: Date; times: number; cost: NanoUsd }
  | { kind: "failed"; share: number; count: number }
  | { kind: "refused"; count: number };

/** Below these, a share says more about chance than about the agents. */
export const LEAST = {
  requests: 50,
  listCost: 100_000_000n, // 10 cents
  promptTokensOnEachSide: 1_000_000,
  usualDays: 4,
  dearDayCost: 1_000_000_000n, // one dollar
} as const;

/** From here on a figure is worth a sentence. */
export const TELLING = {
  unreadShare: 0.1,
  subagentShare: 0.3,
  cacheHitDrop: 0.2,
  dearDayTimes: 3,
  failedShare: 0.02,
} as const;

/**
 * What is worth telling of a span, what costs most first. Nothing is said where there is too little to tell from (`LEAST`), nor
 * where a figure is as one would expect (`TELLING`). Pure.
 */
export function findInsights(facts: InsightFacts): Insight[] {
  return [unreadWrites, subagents, heavyCalls, dearDay, cacheFell, failed, refused].flatMap(
    (rule) => rule(facts) ?? [],
  );
}

function unreadWrites({ looked, requests }: InsightFacts): Insight | null {
  if (requests < LEAST.requests || looked.listCost < LEAST.listCost) return null;
  const share = shareOf(looked.unreadWriteCost, looked.listCost);
  return share < TELLING.unreadShare ? null : { kind: "unread-writes", share, cost: looked.unreadWriteCost };
}

function subagents({ looked, requests }: InsightFacts): Insight | null {
  if (requests < LEAST.requests || looked.listCost < LEAST.listCost) return null;
  const share = shareOf(looked.subagentCost, looked.listCost);
  return share < TELLING.subagentShare ? null : { kind: "subagents", share, cost: looked.subagentCost };
}

function heavyCalls({ looked: { heavyRequests: count, heavyCost: cost } }: InsightFacts): Insight | null {
  return count === 0 ? null : { kind: "heavy-calls", count, cost };
}

/** A day that is over or under way and cost several times what the median of the span's other days did. */
function dearDay({ days }: InsightFacts): Insight | null {
  const [dearest] = days.toSorted((a, b) => Number(b.listCost - a.listCost));
  if (dearest === undefined || dearest.listCost < LEAST.dearDayCost) return null;
  const others = days.filter((day) => day !== dearest && day.listCost > 0n);
  if (others.length < LEAST.usualDays) return null;
  const usual = others.map(({ listCost }) => Number(listCost)).toSorted((a, b) => a - b)[Math.floor(others.length / 2)];
  const times = usual === undefined ? 0 : Number(dearest.listCost) / usual;
  if (times < TELLING.dearDayTimes) return null;
  return { kind: "dear-day", dayStart: dearest.dayStart, times, cost: dearest.listCost };
}

/** The day from which on the share of prompts that came from the cache is lowest against before. */
function cacheFell({ days }: InsightFacts): Insight | null {
  let most: (Insight & { kind: "cache-fell" }) | null = null;
  for (const [at, day] of days.entries()) {
    const before = hitShareOf(days.slice(0, at));
    const after = hitShareOf(days.slice(at));
    if (before === null || after === null || before - after < TELLING.cacheHitDrop) continue;
    if (most === null || before - after > most.before - most.after)
      most = { kind: "cache-fell", before, after, since: day.dayStart };
  }
  return most;
}

function hitShareOf(days: readonly InsightDay[]): number | null {
  const prompt = days.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  if (prompt < LEAST.promptTokensOnEachSide) return null;
  return days.reduce((sum, { cacheReadTokens }) => sum + cacheReadTokens, 0) / prompt;
}

/** Of the calls that we let pass: those that Anthropic, or the way there, did not answer. */
function failed({ requests, refusedRequests, failedRequests: count }: InsightFacts): Insight | null {
  const passed = requests - refusedRequests;
  if (passed < LEAST.requests) return null;
  const share = count / passed;
  return share < TELLING.failedShare ? null : { kind: "failed", share, count };
}

function refused({ refusedRequests: count }: InsightFacts): Insight | null {
  return count === 0 ? null : { kind: "refused", count };
}

function shareOf(part: NanoUsd, whole: NanoUsd): number {
  return whole === 0n ? 0 : Math.min(1, Number(part) / Number(whole));
}
