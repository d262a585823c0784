import { HOLD_MS } from "#domain/admission.ts";
import type { AskedCall } from "#limits/admitted-call.ts";
import type { LiveBudget } from "#limits/live-budget.ts";

/** Time, as admission needs it: a simulated one serves as well. */
export type Clock = {
  nowMs(): number;
  /** Runs once, later. Returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
};

/** The clock of this machine. Its timers keep no process alive. */
export const SYSTEM_CLOCK: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A call that waits for its turn. */
export type Waiter<Answer> = {
  asked: AskedCall;
  /** Called once; never, if the call leaves before. */
  answer: (answer: Answer) => void;
  /** Whose line it stands in. */
  budget: LiveBudget<Waiter<Answer>>;
  isDone: boolean;
  cancelDeadline: () => void;
};

type Line<Answer> = LiveBudget<Waiter<Answer>>;

/** What is decided on a call: an answer, or the budget to wait for. */
export type Decision<Answer> = { answer: Answer } | { waitFor: Line<Answer> };

export type Turns<Answer> = {
  /** Puts a call into a budget's line; null: too many wait already. */
  wait(asked: AskedCall, budget: Line<Answer>, answer: (answer: Answer) => void): Waiter<Answer> | null;
  leave(waiter: Waiter<Answer>): void;
  /** Something of the budget has changed: whoever can go on now does, in turn. */
  serve(budget: Line<Answer>): void;
  waiting(): number;
};

/** What waits is held in memory, body and connection: more than this much is asked to come back instead. */
const WAITERS_MAX = 2_000;
const WAITING_BYTES_MAX = 256 * 1024 * 1024;

type Rule<Answer> = {
  clock: Clock;
  /** Decides on a call that stands first in the line of `served`. */
  decide(asked: AskedCall, served: Line<Answer>): Decision<Answer>;
  /** What a call hears whose turn did not come in time. */
  tooLate(): Answer;
};

/**
 * Lets calls wait for their turn, each at the tightest of its budgets, for as long as a client can be held. A line is looked
 * at when something changes, and when the youngest call in flight has run for so long that it stops nobody any more.
 */
export function createTurns<Answer>({ clock, decide, tooLate }: Rule<Answer>): Turns<Answer> {
  const alarms = createAlarms<Answer>(clock, (budget) => serve(budget));
  let waiters = 0;
  let bytes = 0;

  const finish = (waiter: Waiter<Answer>) => {
    waiter.cancelDeadline();
    waiter.isDone = true;
    waiters -= 1;
    bytes -= waiter.asked.size.requestBytes;
  };
  const serve = (budget: Line<Answer>) => {
    const moved = new Set<Line<Answer>>();
    for (let waiter = budget.line.first(); waiter !== null; waiter = budget.line.first()) {
      const decision = decide(waiter.asked, budget);
      if ("waitFor" in decision && decision.waitFor === budget) break;
      budget.line.shift();
      if ("answer" in decision) {
        finish(waiter);
        waiter.answer(decision.answer);
      } else {
        waiter.budget = decision.waitFor;
        decision.waitFor.line.add(waiter.asked.agentId, waiter);
        moved.add(decision.waitFor);
      }
    }
    for (const line of [budget, ...moved]) alarms.set(line);
  };
  const leave = (waiter: Waiter<Answer>) => {
    if (waiter.isDone) return;
    waiter.budget.line.remove(waiter.asked.agentId, waiter);
    finish(waiter);
    serve(waiter.budget);
  };
  const comeToNothing = (waiter: Waiter<Answer>) => {
    serve(waiter.budget); // a stream that began when this one came stops it no more by now
    if (waiter.isDone) return;
    leave(waiter);
    waiter.answer(tooLate());
  };

  return {
    wait(asked, budget, answer) {
      if (waiters >= WAITERS_MAX || bytes + asked.size.requestBytes > WAITING_BYTES_MAX) return null;
      waiters += 1;
      bytes += asked.size.requestBytes;
      const waiter: Waiter<Answer> = { asked, answer, budget, isDone: false, cancelDeadline: () => undefined };
      waiter.cancelDeadline = clock.after(HOLD_MS, () => comeToNothing(waiter));
      budget.line.add(asked.agentId, waiter);
      if (budget.line.size() === 1) alarms.set(budget);
      return waiter;
    },
    leave,
    serve,
    waiting: () => waiters,
  };
}

/** Looks at a line again although nothing has changed. */
function createAlarms<Answer>(clock: Clock, serve: (budget: Line<Answer>) => void) {
  const cancels = new Map<Line<Answer>, () => void>();
  return {
    set(budget: Line<Answer>) {
      cancels.get(budget)?.();
      cancels.delete(budget);
      if (budget.line.size() === 0) return;
      const delayMs = alarmDelay(budget, clock.nowMs());
      cancels.set(
        budget,
        clock.after(delayMs, () => serve(budget)),
      );
    },
  };
}

/** When a line is to be looked at again even if nothing changes: a stream has run for long, or a period is over. */
function alarmDelay<Answer>(budget: Line<Answer>, nowMs: number): number {
  const newestMs = budget.newestStartMs();
  const isTimeBound = newestMs !== null && budget.budget().reservation === "expected";
  const untilFree = isTimeBound && newestMs + HOLD_MS > nowMs ? newestMs + HOLD_MS - nowMs : HOLD_MS;
  const untilPeriodEnd = Math.min(...budget.standings(nowMs).map(({ endMs }) => endMs - nowMs));
  return Math.max(1, Math.min(untilFree, untilPeriodEnd));
}
