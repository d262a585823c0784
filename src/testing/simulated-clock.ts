import type { Clock } from "#limits/turns.ts";

/** A clock that stands still until it is told to go on; what is due runs in its order. */
export type SimulatedClock = Clock & {
  advanceTo(atMs: number): void;
  /** Goes on to what is due next; false: nothing is. */
  advanceToNext(): boolean;
};

type Due = { atMs: number; order: number; run: () => void };

export function createSimulatedClock(startMs: number): SimulatedClock {
  let nowMs = startMs;
  let order = 0;
  const due = new Set<Due>();
  const next = () => {
    let first: Due | null = null;
    for (const one of due) {
      if (first === null || one.atMs < first.atMs || (one.atMs === first.atMs && one.order < first.order)) first = one;
    }
    return first;
  };
  const runNext = (one: Due) => {
    due.delete(one);
    nowMs = Math.max(nowMs, one.atMs);
    one.run();
  };
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      order += 1;
      const one = { atMs: nowMs + delayMs, order, run };
      due.add(one);
      return () => due.delete(one);
    },
    advanceTo(atMs) {
      for (let one = next(); one !== null && one.atMs <= atMs; one = next()) runNext(one);
      nowMs = Math.max(nowMs, atMs);
    },
    advanceToNext() {
      const one = next();
      if (one !== null) runNext(one);
      return one !== null;
    },
  };
}
