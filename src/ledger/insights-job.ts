import type { Insights } from "#ledger/insights.ts";
import type { Log } from "#log.ts";

const FIRST_MS = 2_000;
const EVERY_MS = 60_000;

export type InsightsJob = { start(): void; close(): Promise<void> };

/** Looks every minute at what the ledger has that no insight knows of, until it is closed. */
export function createInsightsJob(insights: Pick<Insights, "refresh">, log: Log): InsightsJob {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  const run = (): void => {
    running = insights
      .refresh(() => isClosed)
      .catch((error: unknown) => log.warn({ err: error }, "the calls could not be looked at for insights"))
      .finally(() => plan(EVERY_MS));
  };
  const plan = (delayMs: number): void => {
    if (!isClosed) timer = setTimeout(run, delayMs).unref();
  };

  return {
    start: () => plan(FIRST_MS),
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
