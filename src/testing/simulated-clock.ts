import type { Clock } from "#limits/turns.ts";

/** A clock that stands still until it is told to go on; what is due runs in its order. */
export type SimulatedClock = Clock & {
  advanceTo(atMs: number): void;
  /** Goes on to what is due next; false: nothing is. */
  advanceToNext(): boolean;
};

type Due = { atMs: number; order: number; run: (() => void) | null };

export function createSimulatedClock(startMs: number): SimulatedClock {
  let nowMs = startMs;
  let order = 0;
  /** A heap: the first is due first. */
  const due: Due[] = [];

  const next = () => {
    while (due[0]?.run === null) removeFirst(due);
    return due[0] ?? null;
  };
  const runNext = (one: Due) => {
    removeFirst(due);
    nowMs = Math.max(nowMs, one.atMs);
    one.run?.();
  };
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      order += 1;
      const one: Due = { atMs: nowMs + delayMs, order, run };
      insert(due, one);
      return () => {
        one.run = null;
      };
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

function isBefore(a: Due | undefined, b: Due | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}

function swap(heap: Due[], a: number, b: number): void {
  const [one, other] = [heap[a], heap[b]];
  if (one === undefined || other === undefined) return;
  heap[a] = other;
  heap[b] = one;
}

function insert(heap: Due[], one: Due): void {
  heap.push(one);
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[at], heap[parent])) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function removeFirst(heap: Due[]): void {
  swap(heap, 0, heap.length - 1);
  heap.pop();
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    const first = isBefore(heap[right], heap[left]) ? right : left;
    if (!isBefore(heap[first], heap[at])) return;
    swap(heap, at, first);
    at = first;
  }
}
