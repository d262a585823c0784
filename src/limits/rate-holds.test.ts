import { describe, expect, it, vi } from "vitest";

import { type AskedAgain, createRateHolds, RATE_HOLD_MS } from "#limits/rate-holds.ts";

/** A clock that stands still until it is moved. */
function simulatedClock() {
  let nowMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async moveTo(atMs: number) {
      nowMs = atMs;
      const due = timers.filter((timer) => timer.atMs <= nowMs);
      timers = timers.filter((timer) => timer.atMs > nowMs);
      for (const { run } of due) run();
      await Promise.resolve();
    },
    waiting: () => timers.length,
  };
}
const answers = (...told: AskedAgain<string>[]) => {
  const left = [...told];
  return () => left.shift() ?? { outcome: "asked too often", waitMs: null };
};

describe("createRateHolds", () => {
  it("asks again when the wait is over, and answers with what it hears then", async () => {
    const clock = simulatedClock();
    const held = createRateHolds<string>(clock).hold({
      agentId: 1,
      waitMs: 700,
      askAgain: answers({ outcome: "admitted", waitMs: null }),
    });
    const heard = vi.fn();
    void held?.turn.then(heard);
    await clock.moveTo(699);
    expect(heard).not.toHaveBeenCalled();
    await clock.moveTo(700);
    expect(heard).toHaveBeenCalledWith("admitted");
  });

  it("holds nothing that takes longer, and nothing for longer than two seconds in all", async () => {
    const clock = simulatedClock();
    const holds = createRateHolds<string>(clock);
    expect(holds.hold({ agentId: 1, waitMs: RATE_HOLD_MS + 1, askAgain: answers() })).toBeNull();
    const held = holds.hold({
      agentId: 1,
      waitMs: 1_000,
      askAgain: answers({ outcome: "too fast", waitMs: 1_000 }, { outcome: "still too fast", waitMs: 1 }),
    });
    const heard = vi.fn();
    void held?.turn.then(heard);
    await clock.moveTo(1_000);
    expect(heard).not.toHaveBeenCalled();
    await clock.moveTo(2_000);
    expect(heard).toHaveBeenCalledWith("still too fast");
  });

  it("of one agent holds a few, of which each that leaves or is answered makes room for another", async () => {
    const clock = simulatedClock();
    const holds = createRateHolds<string>(clock);
    const hold = (agentId: number) =>
      holds.hold({ agentId, waitMs: 100, askAgain: () => ({ outcome: "", waitMs: null }) });
    const held = Array.from({ length: 16 }, () => hold(1));
    expect(held).not.toContain(null);
    expect(hold(1)).toBeNull();
    expect(hold(2)).not.toBeNull();
    held[0]?.leave();
    held[0]?.leave();
    expect([hold(1) === null, hold(1) === null]).toEqual([false, true]);
    await clock.moveTo(100);
    expect(clock.waiting()).toBe(0);
    expect(Array.from({ length: 16 }, () => hold(1))).not.toContain(null);
  });
});
