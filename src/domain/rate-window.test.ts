import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRateWindow, type RateLimits, rateTokensOf } from "#domain/rate-window.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";

const NOW = Date.UTC(2026, 10, 24, 10, 0);
const perMinute = (requests: number | null, tokens: number | null = null): RateLimits => ({
  requestsPerMinute: requests,
  tokensPerMinute: tokens,
});

describe("requests per minute", () => {
  it("an admission leaves exactly 60 s after its instant, not a millisecond earlier", () => {
    const window = createRateWindow();
    window.record(0, NOW);
    expect(window.waitMs(perMinute(1), 0, NOW)).toBe(60_000);
    expect(window.waitMs(perMinute(1), 0, NOW + 59_999)).toBe(1);
    expect(window.waitMs(perMinute(1), 0, NOW + 60_000)).toBe(0);
  });

  it("the wait ends when enough of them have left, also after the limit was lowered", () => {
    const window = createRateWindow();
    for (const second of [0, 10, 20, 30]) window.record(0, NOW + second * 1_000);
    expect(window.waitMs(perMinute(4), 0, NOW + 30_000)).toBe(30_000);
    expect(window.waitMs(perMinute(2), 0, NOW + 30_000)).toBe(50_000);
    expect(window.waitMs(perMinute(5), 0, NOW + 30_000)).toBe(0);
    expect(window.waitMs(perMinute(null), 0, NOW + 30_000)).toBe(0);
  });
});

describe("tokens per minute", () => {
  it("count as expected until they are corrected, in place", () => {
    const window = createRateWindow();
    const first = window.record(800, NOW);
    expect(window.waitMs(perMinute(null, 1_000), 300, NOW)).toBe(60_000);
    window.correct(first, 700);
    expect(window.waitMs(perMinute(null, 1_000), 300, NOW)).toBe(0);
    window.record(300, NOW + 1_000);
    window.correct(first, 900);
    expect(window.status(NOW + 1_000).tokens).toBe(1_200);
    expect(window.status(NOW + 60_000)).toEqual({ requests: 1, tokens: 300, emptyAtMs: NOW + 61_000 });
  });

  it("a call larger than the limit passes when the window holds no tokens", () => {
    const window = createRateWindow();
    expect(window.waitMs(perMinute(null, 100), 5_000, NOW)).toBe(0);
    const large = window.record(5_000, NOW);
    expect(window.waitMs(perMinute(null, 100), 5_000, NOW + 1)).toBe(59_999);
    expect(window.waitMs(perMinute(null, 100), 1, NOW + 1)).toBe(59_999);
    window.correct(large, 0);
    expect(window.waitMs(perMinute(null, 100), 5_000, NOW + 1)).toBe(0);
  });

  it("a correction after the admission has left changes nothing", () => {
    const window = createRateWindow();
    const entry = window.record(10, NOW);
    window.record(20, NOW + 60_000);
    window.correct(entry, 1_000_000);
    expect(window.status(NOW + 60_000)).toEqual({ requests: 1, tokens: 20, emptyAtMs: NOW + 120_000 });
  });

  it("are input, cache writes and output, without cache reads; what nobody reported is none", () => {
    const usage = {
      ...UNREPORTED_USAGE,
      inputTokens: 1,
      outputTokens: 20,
      cacheReadInputTokens: 300,
      cacheCreation5mInputTokens: 4_000,
      cacheCreation1hInputTokens: 50_000,
    };
    expect([rateTokensOf(usage), rateTokensOf(UNREPORTED_USAGE)]).toEqual([54_021, 0]);
  });

  it("whichever limit is the tighter decides", () => {
    const window = createRateWindow();
    window.record(10, NOW);
    window.record(90, NOW + 5_000);
    expect(window.waitMs(perMinute(2, 1_000), 10, NOW + 6_000)).toBe(54_000);
    expect(window.waitMs(perMinute(2, 100), 50, NOW + 6_000)).toBe(59_000);
  });
});

describe("whatever happens", () => {
  it("an empty window says so", () => {
    expect(createRateWindow().status(NOW)).toEqual({ requests: 0, tokens: 0, emptyAtMs: null });
  });

  it("a clock that steps back blocks nobody for longer than the window", () => {
    const window = createRateWindow();
    window.record(5, NOW);
    expect(window.waitMs(perMinute(1), 0, NOW - 3_600_000)).toBe(60_000);
    expect(window.waitMs(perMinute(1), 0, NOW - 3_600_000 + 60_000)).toBe(0);
  });

  it("a million admissions in a minute are counted, and take no more room than the minute has milliseconds", () => {
    const window = createRateWindow();
    const before = process.memoryUsage().arrayBuffers;
    for (let call = 0; call < 1_000_000; call += 1) window.record(2, NOW + Math.floor(call * 0.06));
    expect(window.status(NOW + 59_999)).toMatchObject({ requests: 1_000_000, tokens: 2_000_000 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
  });
});

/** Calls that each wait some time after the one before. */
const schedule = fc.array(fc.record({ afterMs: fc.nat(70), tokens: fc.nat(40) }), { maxLength: 400 });
const LENGTH_MS = 1_000;

describe("over any schedule of calls", () => {
  it("no window of the length, wherever it begins, holds more admissions than the limit", () => {
    fc.assert(
      fc.property(schedule, fc.integer({ min: 1, max: 20 }), (calls, limit) => {
        const window = createRateWindow(LENGTH_MS);
        const admitted: number[] = [];
        let atMs = NOW;
        for (const { afterMs } of calls) {
          atMs += afterMs;
          if (window.waitMs(perMinute(limit), 0, atMs) > 0) continue;
          window.record(0, atMs);
          admitted.push(atMs);
        }
        for (const [index, first] of admitted.entries()) {
          const inWindow = admitted.slice(index).filter((at) => at < first + LENGTH_MS);
          expect(inWindow.length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it("a call that is told to wait fits after exactly that time, and not a millisecond before", () => {
    fc.assert(
      fc.property(schedule, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 200 }), (calls, limit, most) => {
        const window = createRateWindow(LENGTH_MS);
        const limits = perMinute(limit, most);
        let atMs = NOW;
        for (const { afterMs, tokens } of calls) {
          atMs += afterMs;
          const waitMs = window.waitMs(limits, tokens, atMs);
          if (waitMs > 0) {
            expect(window.waitMs(limits, tokens, atMs + waitMs - 1)).toBe(1);
            atMs += waitMs;
            expect(window.waitMs(limits, tokens, atMs)).toBe(0);
          }
          window.record(tokens, atMs);
        }
      }),
    );
  });

  it("counts what a list of all calls counts, corrected or not", () => {
    const corrected = fc.array(fc.record({ afterMs: fc.nat(300), tokens: fc.nat(40), really: fc.nat(90) }));
    fc.assert(
      fc.property(corrected, fc.nat(3), (calls, lag) => {
        const window = createRateWindow(LENGTH_MS);
        const made: { atMs: number; tokens: number; entry: ReturnType<typeof window.record>; really: number }[] = [];
        let atMs = NOW;
        for (const { afterMs, tokens, really } of calls) {
          atMs += afterMs;
          made.push({ atMs, tokens, entry: window.record(tokens, atMs), really });
          const ended = made[made.length - 1 - lag];
          if (ended !== undefined) {
            window.correct(ended.entry, ended.really);
            ended.tokens = ended.really;
          }
          const inWindow = made.filter((call) => call.atMs + LENGTH_MS > atMs);
          expect(window.status(atMs)).toEqual({
            requests: inWindow.length,
            tokens: inWindow.reduce((sum, call) => sum + call.tokens, 0),
            emptyAtMs: atMs + LENGTH_MS,
          });
        }
      }),
    );
  });
});
