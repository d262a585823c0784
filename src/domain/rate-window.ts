import type { TokenUsage } from "#domain/token-usage.ts";

/** What an agent may do in a minute; null: not limited. Whole numbers > 0. */
export type RateLimits = { requestsPerMinute: number | null; tokensPerMinute: number | null };

/** What a call counts in the token rate: input, cache writes and output. Reading from the cache is free; unknown is nothing. */
export function rateTokensOf(usage: CountedUsage): number {
  const written = (usage.cacheCreation5mInputTokens ?? 0) + (usage.cacheCreation1hInputTokens ?? 0);
  return (usage.inputTokens ?? 0) + written + (usage.outputTokens ?? 0);
}

type CountedUsage = Pick<
  TokenUsage,
  "inputTokens" | "outputTokens" | "cacheCreation5mInputTokens" | "cacheCreation1hInputTokens"
>;

/** The window over which rates are counted. */
export const RATE_WINDOW_MS = 60_000;

/** Names an admission in its window, for `correct`. */
export type RateEntry = { slot: number; tokens: number };

/** The admissions of one agent in the last minute. Instants are whole milliseconds; a step back of the clock is borne. */
export type RateWindow = {
  /**
   * How long until a call of so many tokens fits, in milliseconds; 0: it fits now. A call larger than the token limit
   * fits when the window holds no tokens. Changes nothing that can be seen.
   */
  waitMs(limits: RateLimits, tokens: number, atMs: number): number;
  /** Counts a call that is admitted at this instant, with the tokens it is expected to use. */
  record(tokens: number, atMs: number): RateEntry;
  /** Puts the tokens that a call really used in the place of those expected. Too late is no matter. */
  correct(entry: RateEntry, tokens: number): void;
  /** What counts at this instant, and when the last of it will have left; null: nothing does. */
  status(atMs: number): { requests: number; tokens: number; emptyAtMs: number | null };
};

const SLOTS_MIN = 8;

/**
 * A sliding log: every admission counts from its instant `t` up to, and not including, exactly `t + lengthMs`. So in
 * any half-open window of that length, wherever it begins, no more requests are admitted than the limit allows.
 * Admissions of one millisecond share a slot, for they leave together: an agent never takes more slots than the window has
 * milliseconds, however fast it calls.
 */
export function createRateWindow(lengthMs = RATE_WINDOW_MS): RateWindow {
  const log = createSlotLog();

  const advance = (atMs: number) => {
    // After a step back of the clock: what seems to lie ahead happened just now.
    for (let back = log.size() - 1; back >= 0 && log.atMs(back) > atMs; back -= 1) log.setAtMs(back, atMs);
    while (log.size() > 0 && log.atMs(0) + lengthMs <= atMs) log.removeOldest();
  };

  return {
    waitMs(limits, tokens, atMs) {
      advance(atMs);
      const left = { requests: log.requests(), tokens: log.tokens() };
      if (fits(limits, left, tokens)) return 0;
      for (let slot = 0; slot < log.size(); slot += 1) {
        left.requests -= log.requestsAt(slot);
        left.tokens -= log.tokensAt(slot);
        if (fits(limits, left, tokens)) return log.atMs(slot) + lengthMs - atMs;
      }
      return lengthMs; // a limit of less than one request, which nobody can set
    },
    record(tokens, atMs) {
      advance(atMs);
      return { slot: log.add(tokens, atMs), tokens };
    },
    correct(entry, tokens) {
      log.addTokens(entry.slot, tokens - entry.tokens);
      entry.tokens = tokens;
    },
    status(atMs) {
      advance(atMs);
      const size = log.size();
      return {
        requests: log.requests(),
        tokens: log.tokens(),
        emptyAtMs: size === 0 ? null : log.atMs(size - 1) + lengthMs,
      };
    },
  };
}

function fits(limits: RateLimits, counted: { requests: number; tokens: number }, tokens: number): boolean {
  const { requestsPerMinute, tokensPerMinute } = limits;
  if (requestsPerMinute !== null && counted.requests + 1 > requestsPerMinute) return false;
  return tokensPerMinute === null || counted.tokens <= 0 || counted.tokens + tokens <= tokensPerMinute;
}

/** Slots in a ring that grows as needed and is small again once it is empty. A slot keeps its number while it is there. */
function createSlotLog() {
  let ring = new Float64Array(3 * SLOTS_MIN);
  let first = 0;
  let count = 0;
  const total = { requests: 0, tokens: 0 };
  const offset = (number: number) => 3 * (number % (ring.length / 3));
  const value = (index: number, field: number) => ring[offset(first + index) + field] ?? 0;

  const resize = (slots: number) => {
    const next = new Float64Array(3 * slots);
    for (let number = first; number < first + count; number += 1) {
      next.set(ring.subarray(offset(number), offset(number) + 3), 3 * (number % slots));
    }
    ring = next;
  };

  const addTokens = (number: number, tokens: number) => {
    if (number < first || number >= first + count) return;
    ring[offset(number) + 2] = value(number - first, 2) + tokens;
    total.tokens += tokens;
  };

  return {
    size: () => count,
    requests: () => total.requests,
    tokens: () => total.tokens,
    atMs: (index: number) => value(index, 0),
    requestsAt: (index: number) => value(index, 1),
    tokensAt: (index: number) => value(index, 2),
    setAtMs(index: number, atMs: number) {
      ring[offset(first + index)] = atMs;
    },
    /** Returns the number of the slot that the call is in. */
    add(tokens: number, atMs: number): number {
      if (count === 0 || value(count - 1, 0) !== atMs) {
        if (3 * count === ring.length) resize(2 * count);
        ring.set([atMs, 0, 0], offset(first + count));
        count += 1;
      }
      const number = first + count - 1;
      ring[offset(number) + 1] = value(count - 1, 1) + 1;
      total.requests += 1;
      addTokens(number, tokens);
      return number;
    },
    addTokens,
    removeOldest() {
      total.requests -= value(0, 1);
      total.tokens -= value(0, 2);
      first += 1;
      count -= 1;
      if (count === 0 && ring.length > 3 * SLOTS_MIN) resize(SLOTS_MIN);
    },
  };
}
