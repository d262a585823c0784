import type { Clock } from "#limits/turns.ts";
import type { Log } from "#log.ts";

export type HeliconeDoubt = {
  /** Has Helicone asked after the calls that have ended since then, as soon as the ledger has them. */
  doubt(since: Date): void;
  stop(): void;
};

type Parts = {
  /** Resolves when every call that has ended is in the ledger. */
  flush: () => Promise<void>;
  /** Puts the ledger's calls among those that Helicone is asked after; says how many. */
  doubtEndedSince: (since: Date) => Promise<number>;
  clock: Pick<Clock, "after">;
  log: Log;
};

const RETRY_MS = 5_000;

/** Tries until it is done: while the ledger cannot be written, calls are in the journal. */
export function createHeliconeDoubt({ flush, doubtEndedSince, clock, log }: Parts): HeliconeDoubt {
  let since: Date | null = null;
  let isRunning = false;
  let cancel: () => void = () => undefined;

  const run = async () => {
    const asked = since;
    if (asked === null || isRunning) return;
    isRunning = true;
    since = null;
    try {
      await flush();
      const calls = await doubtEndedSince(asked);
      if (calls > 0) log.info({ calls, since: asked }, "Helicone is asked after the calls that it may not have kept");
    } catch (error) {
      log.debug({ err: error }, "The calls that Helicone may lack could not be noted; trying again");
      since = earlier(since, asked);
      cancel();
      cancel = clock.after(RETRY_MS, () => void run());
    }
    isRunning = false;
  };
  return {
    doubt(from) {
      since = earlier(since, from);
      cancel();
      cancel = clock.after(1, () => void run());
    },
    stop: () => cancel(),
  };
}

function earlier(one: Date | null, other: Date): Date {
  return one === null || other < one ? other : one;
}
