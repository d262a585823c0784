import { setTimeout as sleep } from "node:timers/promises";

export type Backoff = {
  /** Waits before the next start of something that ran this long, or until the signal. */
  pause(ranForMs: number, signal: AbortSignal): Promise<void>;
};

const PAUSE_MIN_MS = 250;
const PAUSE_MAX_MS = 30_000;
/** What ran this long was well: the next pause is the shortest again. */
const STABLE_MS = 60_000;

/** Pauses that double, from a quarter of a second to half a minute. */
export function createBackoff(): Backoff {
  let nextMs = PAUSE_MIN_MS;
  return {
    async pause(ranForMs, signal) {
      if (ranForMs > STABLE_MS) nextMs = PAUSE_MIN_MS;
      const pauseMs = nextMs;
      nextMs = Math.min(nextMs * 2, PAUSE_MAX_MS);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined); // ended early by the signal
    },
  };
}
