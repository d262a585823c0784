import type { Clock } from "#limits/turns.ts";

/** A call that waits for the first byte of its answer. */
export type Waiting = { sentAtMs: number };

export type SignsOfLife = {
  /** Something has come from there, for whichever call. */
  note(): void;
  /** Watches over a call that is sent now, until `remove`. */
  add(): Waiting;
  remove(waiting: Waiting): void;
  stop(): void;
};

type Watched = {
  /** How long it may give no sign of life while a call waits. */
  timeoutMs: number;
  clock: Clock;
  /** Asks for a sign. Resolves with whether one has come within that time. */
  probe: (timeoutMs: number) => Promise<boolean>;
  /** Called when there was none. */
  onSilence: () => void;
};

/** Calls that are known to be worked on are asked after less often, in times-out. */
const VOUCHED_TIMEOUTS = 2;

/**
 * Tells a dead hop from a slow answer. A call may wait for minutes without a byte and all be well, so that its own silence says
 * nothing. What counts is any byte that came from the hop since the call was sent. Where there is none for half the time-out, a
 * probe asks for one, and has the other half: so a hop that takes calls and says nothing delays them by the time-out, once.
 */
export function createSignsOfLife({ timeoutMs, clock, probe, onSilence }: Watched): SignsOfLife {
  const halfMs = timeoutMs / 2;
  /** Oldest first. */
  const waiting = new Set<Waiting>();
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
    for (const { sentAtMs } of waiting) {
      if (sentAtMs > lastSignMs) return Math.min(atMs, sentAtMs + halfMs);
      atMs = lastSignMs + timeoutMs * VOUCHED_TIMEOUTS;
    }
    return atMs;
  };

  function check(): void {
    dueAtMs = Number.POSITIVE_INFINITY;
    const wasProbedAtMs = probedAtMs;
    probedAtMs = null;
    if (waiting.size === 0) return;
    if (wasProbedAtMs !== null && lastSignMs < wasProbedAtMs) {
      onSilence();
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
    add() {
      const one = { sentAtMs: clock.nowMs() };
      waiting.add(one);
      wakeAt(one.sentAtMs + halfMs);
      return one;
    },
    remove: (one) => void waiting.delete(one),
    stop: () => cancel(),
  };
}
