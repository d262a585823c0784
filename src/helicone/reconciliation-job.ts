import type { Reconciliation } from "#helicone/reconciliation.ts";
import type { Log } from "#log.ts";

const FIRST_MS = 30_000;
const EVERY_MS = 10 * 60_000;

export type ReconciliationJob = { start(): void; close(): Promise<void> };

/** Compares ledger and Helicone every ten minutes, until it is closed. */
export function createReconciliationJob(reconciliation: Pick<Reconciliation, "check">, log: Log): ReconciliationJob {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  const run = (): void => {
    running = reconciliation
      .check()
      .catch((error: unknown) => log.warn({ err: error }, "ledger and Helicone could not be compared"))
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
