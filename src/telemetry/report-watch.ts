import type { Log } from "#log.ts";

const FIRST_MS = 5_000;
const EVERY_MS = 60_000;

/** One way of looking at what agents reported. Errors: PostgreSQL's own. */
export type Look = () => Promise<void>;
export type ReportWatch = { start(): void; close(): Promise<void> };

/** Looks every minute at what agents reported of themselves, until it is closed. One look that fails keeps no other from its turn. */
export function createReportWatch(looks: readonly Look[], log: Log): ReportWatch {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  const lookAtAll = async (): Promise<void> => {
    for (const look of looks) {
      if (isClosed) return;
      await look().catch((error: unknown) => log.warn({ err: error }, "what agents reported could not be looked at"));
    }
  };
  const run = (): void => {
    running = lookAtAll().then(() => plan(EVERY_MS));
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
