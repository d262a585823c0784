import type { Log } from "#log.ts";

export type PeriodicJob = { start(): void; close(): Promise<void> };

type Work = {
  /** From the start to the first time, and from the end of one time to the next; in milliseconds. */
  firstMs: number;
  everyMs: number;
  /** `isStopped` says when whoever works long should leave. */
  run: (isStopped: () => boolean) => Promise<unknown>;
  /** What could not be done, for the log. */
  failure: string;
};

/** Does something again and again until it is closed. A time that fails is told in the log and is not the last; one that takes long is not overtaken. */
export function createPeriodicJob({ firstMs, everyMs, run, failure }: Work, log: Log): PeriodicJob {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  const runOnce = async (): Promise<void> => {
    try {
      await run(() => isClosed);
    } catch (error) {
      log.warn({ err: error }, failure);
    }
    plan(everyMs);
  };
  const plan = (delayMs: number): void => {
    if (isClosed) return;
    timer = setTimeout(() => {
      running = runOnce();
    }, delayMs).unref();
  };

  return {
    start: () => plan(firstMs),
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
