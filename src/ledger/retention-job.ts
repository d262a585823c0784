import { pruneCalls } from "#ledger/prune-calls.ts";
import type { Retention } from "#ledger/retention.ts";
import type { Log } from "#log.ts";

const FIRST_MS = 60_000;
const EVERY_MS = 86_400_000;

type Dependencies = { databaseUrl: string; retention: Pick<Retention, "since">; log: Log };

export type RetentionJob = ReturnType<typeof createRetentionJob>;

/** Removes calls that are older than the setting: a minute after the start, once a day, and when the setting changes. */
export function createRetentionJob({ databaseUrl, retention, log }: Dependencies) {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<number | null> | null = null;
  let isClosed = false;

  const prune = async (): Promise<number | null> => {
    const onError = (error: Error) => log.warn({ err: error }, "the connection that removes old calls was lost");
    const startedAtMs = performance.now();
    try {
      const removed = await pruneCalls({ databaseUrl, since: retention.since, isStopped: () => isClosed, onError });
      const tookMs = Math.round(performance.now() - startedAtMs);
      if (removed === null) log.info("another portal removes old calls at this moment");
      else if (removed > 0) log.info({ calls: removed, tookMs }, "old calls were removed; their sums stay");
      return removed;
    } catch (error) {
      log.warn({ err: error }, "old calls could not be removed; it is tried again tomorrow");
      return null;
    }
  };
  const plan = (delayMs: number): void => {
    if (timer !== null) clearTimeout(timer);
    if (!isClosed) timer = setTimeout(() => void run(), delayMs).unref();
  };
  const run = (): Promise<number | null> => {
    running ??= prune().finally(() => {
      running = null;
      plan(EVERY_MS);
    });
    return running;
  };

  return {
    start: () => plan(FIRST_MS),

    /** At once, unless it is under way. @returns how many calls went; null where it was not for this portal, or failed */
    run,

    async close(): Promise<void> {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
