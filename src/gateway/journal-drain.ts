import type { Journal } from "#gateway/journal.ts";
import type { Alert } from "#ledger/alerts.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import type { LedgerWriter } from "#ledger/ledger-writer.ts";
import type { Log } from "#log.ts";

export type JournalDrain = {
  /** Says that there may be something to write; it is written within milliseconds. */
  wake(): void;
  /** Resolves when everything settled so far is in the ledger; rejects when the ledger cannot be written. */
  flush(): Promise<void>;
  stop(): Promise<void>;
};

type Parts = {
  journal: Journal;
  writer: LedgerWriter;
  log: Log;
  onAlert: (alert: Alert) => void;
  /** Keeps a call that the ledger will never take, for a person to look at. */
  onRejected: (call: SettledCall, error: unknown) => void;
};

/** Calls that end together are written together: a transaction takes as much work as some thirty calls in it. */
const GATHER_MS = 100;
/** So many are worth a transaction at once; fewer are gathered again first, also while calls keep ending. */
const BATCH_WORTHWHILE = 100;
const RETRY_MS_MAX = 5_000;

/**
 * Moves settled calls from the journal to the ledger, in batches, one at a time. While the ledger cannot be
 * written they stay in the journal, and it tries again, at most five seconds apart. A call that PostgreSQL
 * itself rejects is set aside, so that it does not hold up the others.
 */
export function createJournalDrain(parts: Parts): JournalDrain {
  const { log } = parts;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let failures = 0;
  let isStopped = false;

  const run = () => {
    timer = null;
    running ??= drain(parts, { leaveBelow: BATCH_WORTHWHILE })
      .then(() => {
        if (failures > 0) log.info("The ledger is being written again");
        failures = 0;
      })
      .catch((error: unknown) => {
        failures += 1;
        if (failures === 1) log.error({ err: error }, "The ledger cannot be written; calls are kept in the journal");
        schedule(Math.min(RETRY_MS_MAX, 100 * 2 ** failures));
      })
      .finally(() => {
        running = null;
        if (failures === 0 && parts.journal.backlog() > 0) schedule(GATHER_MS);
      });
  };
  const schedule = (delayMs: number) => {
    if (!isStopped) timer ??= setTimeout(run, delayMs);
  };
  return {
    wake: () => schedule(GATHER_MS),
    async flush() {
      await running;
      await drain(parts, { leaveBelow: 0 });
    },
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}

async function drain(parts: Parts, { leaveBelow }: { leaveBelow: number }): Promise<void> {
  for (;;) {
    const batch = parts.journal.read();
    if (batch.calls.length === 0) return;
    for (const alert of await record(parts, batch.calls)) parts.onAlert(alert);
    parts.journal.acknowledge(batch);
    if (parts.journal.backlog() < leaveBelow) return;
  }
}

async function record(parts: Parts, calls: readonly SettledCall[]): Promise<readonly Alert[]> {
  try {
    return await parts.writer.record(calls);
  } catch (error) {
    if (!isRejection(error)) throw error;
    return calls.length === 1 ? reject(parts, calls, error) : recordOneByOne(parts, calls);
  }
}

async function recordOneByOne(parts: Parts, calls: readonly SettledCall[]): Promise<readonly Alert[]> {
  const alerts: Alert[] = [];
  for (const call of calls) alerts.push(...(await record(parts, [call])));
  return alerts;
}

function reject(parts: Parts, [call]: readonly SettledCall[], error: unknown): readonly Alert[] {
  if (call !== undefined) parts.onRejected(call, error);
  return [];
}

/** SQLSTATE classes 22 and 23: the row itself is at fault, and always will be. */
function isRejection(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^2[23]/.test(error.code);
}
