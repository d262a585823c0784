import { describe, expect, it } from "vitest";

import { watchKeeping } from "#gateway/helicone-keeping.ts";
import { createSimulatedClock } from "#testing/simulated-clock.ts";

const INTERVAL_MS = 15_000;
const START = 1_000_000;

function watch() {
  const clock = createSimulatedClock(START);
  const helicone: { problem: string | null; answer: (() => void) | null; isPassing: boolean } = {
    problem: null,
    answer: null,
    isPassing: true,
  };
  const askedAtMs: number[] = [];
  const failures: string[] = [];
  let isSlow = false;
  const keeping = watchKeeping({
    clock,
    askProblem: async () => {
      askedAtMs.push(clock.nowMs() - START);
      if (isSlow) await new Promise<void>((resolve) => (helicone.answer = resolve));
      return helicone.problem;
    },
    intervalMs: INTERVAL_MS,
    isPassing: () => helicone.isPassing,
    onFailure: (reason) => failures.push(reason),
  });
  const goOnTo = async (afterMs: number) => {
    while (clock.nowMs() < START + afterMs) {
      clock.advanceTo(Math.min(clock.nowMs() + 100, START + afterMs));
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
  };
  return { keeping, helicone, askedAtMs, failures, goOnTo, beSlow: () => (isSlow = true) };
}

describe("the watch over what Helicone keeps", () => {
  it("asks at once, and then about every interval, never quite as often as another gateway", async () => {
    const { askedAtMs, failures, goOnTo } = watch();
    await goOnTo(10 * INTERVAL_MS);
    expect(askedAtMs[0]).toBe(1);
    expect(askedAtMs.length).toBeGreaterThanOrEqual(8);
    for (const [at, askedMs] of askedAtMs.slice(1).entries()) {
      const sinceMs = askedMs - (askedAtMs[at] ?? 0);
      expect(sinceMs).toBeGreaterThanOrEqual(INTERVAL_MS * 0.8);
      expect(sinceMs).toBeLessThanOrEqual(INTERVAL_MS * 1.2 + 100);
    }
    expect(failures).toEqual([]);
  });

  it("asks no second time before it was answered", async () => {
    const { helicone, askedAtMs, goOnTo, beSlow } = watch();
    beSlow();
    await goOnTo(5 * INTERVAL_MS);
    expect(askedAtMs).toHaveLength(1);
    helicone.answer?.();
    await goOnTo(7 * INTERVAL_MS);
    expect(askedAtMs).toHaveLength(2);
  });

  it("asks nothing while no call passes, and says nothing once it is stopped", async () => {
    const { keeping, helicone, askedAtMs, failures, goOnTo } = watch();
    helicone.isPassing = false;
    await goOnTo(5 * INTERVAL_MS);
    expect(askedAtMs).toEqual([]);
    helicone.isPassing = true;
    helicone.problem = "ClickHouse is dead";
    await goOnTo(7 * INTERVAL_MS);
    expect(failures[0]).toBe("ClickHouse is dead");
    const { length } = askedAtMs;
    keeping.stop();
    await goOnTo(20 * INTERVAL_MS);
    expect(askedAtMs).toHaveLength(length);
  });

  it("vouches for calls that ended ten seconds before it last asked well; of those before it began, for those of an interval ago", async () => {
    const { keeping, helicone, askedAtMs, goOnTo } = watch();
    expect(keeping.keptUntilMs()).toBe(START - INTERVAL_MS * 1.2 - 10_000);
    await goOnTo(INTERVAL_MS / 2);
    expect(keeping.keptUntilMs()).toBe(START + 1 - 10_000);
    helicone.problem = "PostgreSQL is dead";
    await goOnTo(INTERVAL_MS * 3);
    expect(askedAtMs.length).toBeGreaterThan(1);
    expect(keeping.keptUntilMs()).toBe(START + 1 - 10_000);
    helicone.problem = null;
    expect(await keeping.ask()).toEqual({ isAlive: true });
    expect(keeping.keptUntilMs()).toBe(START + INTERVAL_MS * 3 - 10_000);
  });
});
