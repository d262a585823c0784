import type { HeliconeFailure } from "#door/ask-web.ts";
import type { Log } from "#log.ts";

export type FailureLog = (failure: HeliconeFailure) => void;

/** The same again is worth a line only after this. */
const QUIET_MS = 60_000;

/** Tells the log why Helicone could not be shown: once, and not for every asset of a page. */
export function createFailureLog(log: Log, now: () => number = Date.now): FailureLog {
  const toldAtMs = new Map<HeliconeFailure, number>();
  return (failure) => {
    const before = toldAtMs.get(failure);
    if (before !== undefined && now() - before < QUIET_MS) return;
    toldAtMs.set(failure, now());
    log.warn({ failure }, "Helicone's dashboard could not be shown");
  };
}
