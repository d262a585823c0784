import type { ProbeResult } from "#gateway/helicone-probe.ts";
import type { Clock } from "#limits/turns.ts";

export type Keeping = {
  /** Asks now, whatever was asked when. Never rejects. */
  ask(): Promise<ProbeResult>;
  /** Of calls that had ended by then Helicone is known to have been able to keep them. */
  keptUntilMs(): number;
  stop(): void;
};

type Parts = {
  clock: Clock;
  /** What keeps Helicone from keeping calls; null: nothing that is known. Never rejects. */
  askProblem: () => Promise<string | null>;
  intervalMs: number;
  /** Whether calls may go through it now. */
  isPassing: () => boolean;
  /** It was asked while calls may go through it, and said that it cannot keep them. */
  onFailure: (reason: string) => void;
};

/** Several gateways do not ask at the same instant. */
const JITTER = 0.2;
/** Helicone writes a call down within this after its answer has ended. */
const TAKEN_IN_MS = 10_000;

/**
 * Asks Helicone at once, and from then on about every interval, whether it keeps the calls that pass through it, one question at a
 * time, and only while calls may pass. No call waits for that.
 */
export function watchKeeping({ clock, askProblem, intervalMs, isPassing, onFailure }: Parts): Keeping {
  // The calls of the process before this one were asked after until about an interval ago.
  let keptAtMs = clock.nowMs() - intervalMs * (1 + JITTER);
  let isStopped = false;
  let cancel: () => void = () => undefined;

  const ask = async (): Promise<ProbeResult> => {
    const askedAtMs = clock.nowMs();
    const reason = await askProblem();
    if (reason !== null) return { isAlive: false, reason };
    keptAtMs = Math.max(keptAtMs, askedAtMs);
    return { isAlive: true };
  };
  const check = async () => {
    const result = isPassing() ? await ask() : null;
    if (isStopped) return;
    if (result?.isAlive === false) onFailure(result.reason);
    wakeIn(intervalMs * (1 - JITTER + 2 * JITTER * Math.random()));
  };
  const wakeIn = (delayMs: number) => {
    cancel = clock.after(delayMs, () => void check());
  };
  wakeIn(1);
  return {
    ask,
    keptUntilMs: () => keptAtMs - TAKEN_IN_MS,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
