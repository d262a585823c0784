import type { Clock } from "#limits/turns.ts";

/** A call that waits for the first byte of its answer: one of a list, in the order in which they were sent. */
export type Waiting = { sentAtMs: number; onSilence: () => void; older: Waiting | null; newer: Waiting | null };

export type SignsOfLife = {
  /** Something has come from there, for whichever call. */
  note(): void;
  /** Watches over a call that is sent now, until `remove`, or until `onSilence` says that there was no sign of life. */
  add(onSilence: () => void): Waiting;
  remove(waiting: Waiting): void;
  stop(): void;
};

type Watched = {
  /** How long it may give no sign of life while a call waits. */
  timeoutMs: number;
  clock: Clock;
  /** Asks for a sign. Resolves with whether one has come within that time. */
  probe: (timeoutMs: number) => Promise<boolean>;
};

/** Calls that are known to be worked on are asked after less often, in times-out. */
const VOUCHED_TIMEOUTS = 2;

/**
 * Tells a dead hop from a slow answer. A call may wait for minutes without a byte and all be well, so that its own silence says
 * nothing. What counts is any byte that came from the hop since the call was sent. Where there is none for half the time-out, a
 * probe asks for one, and has the other half: so a hop that takes calls and says nothing delays them by the time-out, once.
 */
export function createSignsOfLife({ timeoutMs, clock, probe }: Watched): SignsOfLife {
  const halfMs = timeoutMs / 2;
  const waiting = createWaitingList();
  let lastSignMs = Number.NEGATIVE_INFINITY;
  let probedAtMs: number | null = null;
  let dueAtMs = Number.POSITIVE_INFINITY;
  let cancel: () => void = () => undefined;

  const wakeAt = (atMs: number) => {
    if (dueAtMs <= atMs) return;
    cancel();
    dueAtMs = atMs;
    cancel = clock.after(Math.max(atMs - clock.nowMs(), 0), check);
  };
  const note = () => {
    lastSignMs = clock.nowMs();
  };
  const nextProbeMs = () => {
    let atMs = Number.POSITIVE_INFINITY;
    for (let one = waiting.oldest(); one !== null; one = one.newer) {
      if (one.sentAtMs > lastSignMs) return Math.min(atMs, one.sentAtMs + halfMs);
      atMs = lastSignMs + timeoutMs * VOUCHED_TIMEOUTS;
    }
    return atMs;
  };

  function check(): void {
    dueAtMs = Number.POSITIVE_INFINITY;
    const wasProbedAtMs = probedAtMs;
    probedAtMs = null;
    if (waiting.oldest() === null) return;
    if (wasProbedAtMs !== null && lastSignMs < wasProbedAtMs) {
      for (const one of waiting.takeAll()) one.onSilence();
      return;
    }
    const nowMs = clock.nowMs();
    const atMs = nextProbeMs();
    if (nowMs < atMs) {
      wakeAt(atMs);
      return;
    }
    probedAtMs = nowMs;
    probe(halfMs)
      .then((isAlive) => isAlive && note())
      .catch(() => undefined); // is no sign of life
    wakeAt(nowMs + halfMs);
  }

  return {
    note,
    add(onSilence) {
      const one = waiting.add(clock.nowMs(), onSilence);
      wakeAt(one.sentAtMs + halfMs);
      return one;
    },
    remove: waiting.remove,
    stop: () => cancel(),
  };
}

/** A list and not a Set: one that values enter and leave without end holds on to those that have left. */
function createWaitingList() {
  let oldest: Waiting | null = null;
  let newest: Waiting | null = null;
  const remove = (one: Waiting) => {
    if (one !== oldest && one.older === null) return; // it has left before
    if (one.older === null) oldest = one.newer;
    else one.older.newer = one.newer;
    if (one.newer === null) newest = one.older;
    else one.newer.older = one.older;
    one.older = null;
    one.newer = null;
  };
  return {
    oldest: () => oldest,
    add(sentAtMs: number, onSilence: () => void): Waiting {
      const one: Waiting = { sentAtMs, onSilence, older: newest, newer: null };
      if (newest === null) oldest = one;
      else newest.newer = one;
      newest = one;
      return one;
    },
    remove,
    takeAll(): Waiting[] {
      const all: Waiting[] = [];
      for (let one = oldest; one !== null; one = oldest) {
        all.push(one);
        remove(one);
      }
      return all;
    },
  };
}
