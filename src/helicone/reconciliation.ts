import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { lastDays, periodAt, type Span } from "#domain/period.ts";
import { type ComparedLedger, compareDay } from "#helicone/compare-day.ts";
import type { AgentDay, CallDifference } from "#helicone/day-comparison.ts";
import type {
  DayCheck,
  Delivery,
  DifferenceFilter,
  ReconciliationStore,
  ResendScope,
} from "#helicone/reconciliation-store.ts";
import { type HeliconeUsageSource, settledUntil } from "#helicone/usage-source.ts";
import type { Log } from "#log.ts";

/** How the last comparison of Helicone with the ledger went. `problem` null: well, or there was none yet. */
export type ReconciliationState = {
  lastCheckAt: Date | null;
  problem: { at: Date; reason: string } | null;
  isRunning: boolean;
};

/** A call that the two do not agree on; `delivery`: whether Helicone is still to be told of it. */
export type ReportedDifference = CallDifference & { delivery: Delivery };

export type Reconciliation = ReturnType<typeof createReconciliation>;

type Parts = {
  store: ReconciliationStore;
  ledger: ComparedLedger;
  helicone: HeliconeUsageSource;
  clock: () => Date;
  log: Log;
};

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** Days that are looked back at once nothing of them has been compared. */
const DAYS_BACK = 7;
const DAYS_KEPT = 90;
/** A day is compared until this after its end: then what was late is there, or is not. */
const STILL_MOVING_MS = 6 * 3_600_000;
/** What was sent again and has left the outbox since is there after this, or was lost. */
const RESENT_MS = 15 * 60_000;
const NOT_SENT: Delivery = { state: "none", error: null };

/** Compares the ledger with Helicone by agent and UTC day, call by call, and sends again what Helicone lacks. */
export function createReconciliation({ store, ledger, helicone, clock, log }: Parts) {
  const startedAt = clock();
  /** Days of which calls were sent again, and when, until it is seen what became of these. */
  const stale = new Map<number, Date>();
  const state: Omit<ReconciliationState, "isRunning"> = { lastCheckAt: null, problem: null };

  const checkDay = async (dayStart: Date): Promise<void> => {
    const now = clock();
    const span = comparedSpan(dayStart, now);
    if (span === null) return;
    const comparison = await compareDay({ ledger, helicone }, span, settledUntil(now));
    const isAwaited = await store.isAwaited(dayStart);
    await store.save({ dayStart, checkedAt: now, checkedUntil: span.end }, comparison);
    const resentAt = stale.get(dayStart.getTime());
    const isOver = !isAwaited && now.getTime() - (resentAt?.getTime() ?? 0) > RESENT_MS;
    if (isOver || comparison.agents.every(lacksNothing)) stale.delete(dayStart.getTime());
  };

  const checkAll = async (): Promise<void> => {
    const now = clock();
    try {
      const moving = await movingDays(store, { now, startedAt });
      for (const dayStart of new Set([...moving, ...stale.keys()])) await checkDay(new Date(dayStart));
      await store.forget(lastDays(DAYS_KEPT, now).start);
      state.lastCheckAt = clock();
      state.problem = null;
    } catch (error) {
      const isHelicone = error instanceof DomainError;
      state.problem = { at: now, reason: isHelicone ? error.message : "The comparison failed." };
      if (!isHelicone) throw error;
      log.info({ reason: error.message }, "ledger and Helicone could not be compared");
    }
  };

  let running: Promise<void> | null = null;
  return {
    /**
     * Compares every day that is not over or not compared since; whoever asks meanwhile is given the one that runs. What keeps
     * Helicone from answering is in `state` afterwards. Errors: the database's.
     */
    check(): Promise<void> {
      running ??= checkAll().finally(() => {
        running = null;
      });
      return running;
    },

    /** How the last comparison went. */
    state: (): ReconciliationState => ({ ...state, isRunning: running !== null }),

    /** The comparisons of the last `days` UTC days, the newest first; a day that was never compared is not among them. */
    days: (days: number): Promise<DayCheck[]> => store.checks(lastDays(days, clock())),

    /** Single calls of a day that the two do not agree on, the newest first. */
    async differences(
      filter: DifferenceFilter,
      page: { skip: number; limit: number },
    ): Promise<{ total: number; differences: ReportedDifference[] }> {
      const { total, rows } = await store.differences(filter, page);
      const deliveries = await store.deliveries(rows.map((row) => row.requestId));
      const differences = rows.map((row) => ({
        ...row,
        kind: kindOf(row.kind),
        delivery: deliveries.get(row.requestId) ?? NOT_SENT,
      }));
      return { total, differences };
    },

    /** Has the gateway tell Helicone of calls that it lacks; returns of how many. Each is asked after first. */
    async resend(actor: Actor, scope: ResendScope): Promise<number> {
      const { requests, days } = await store.resend(actor, scope);
      for (const dayStart of days) stale.set(dayStart.getTime(), clock());
      return requests;
    },
  };
}

/** The part of a day that can be compared, of whole seconds; null: none yet. */
function comparedSpan(dayStart: Date, now: Date): Span | null {
  const dayEnd = new Date(dayStart.getTime() + DAY_MS);
  const settled = settledUntil(now);
  const end = settled < dayEnd ? new Date(Math.floor(settled.getTime() / SECOND_MS) * SECOND_MS) : dayEnd;
  return end > dayStart ? { start: dayStart, end } : null;
}

/**
 * Days that may still change, those that were not compared since they stopped to, and, after a restart, those that lacked calls:
 * they may have been sent since. The newest first.
 */
async function movingDays(store: ReconciliationStore, { now, startedAt }: Record<"now" | "startedAt", Date>) {
  const checks = await store.checks(lastDays(DAYS_BACK, now));
  const finished = checks.filter(({ dayStart, checkedAt, agents }) => {
    return checkedAt.getTime() > stillUntil(dayStart) && (agents.every(lacksNothing) || checkedAt >= startedAt);
  });
  const isFinished = new Set(finished.map(({ dayStart }) => dayStart.getTime()));
  const today = periodAt("day", now).start.getTime();
  return Array.from({ length: DAYS_BACK }, (_, back) => today - back * DAY_MS).filter(
    (start) => !isFinished.has(start),
  );
}

function lacksNothing({ missingThere }: AgentDay): boolean {
  return missingThere === 0;
}

function stillUntil(dayStart: Date): number {
  return dayStart.getTime() + DAY_MS + STILL_MOVING_MS;
}

/** The column has a constraint to these. */
function kindOf(kind: string): CallDifference["kind"] {
  return kind as CallDifference["kind"]; // the table holds no other
}
