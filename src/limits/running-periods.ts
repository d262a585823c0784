import { isOccupied, roomFor } from "#domain/admission.ts";
import { type Budget, limitAt } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod, periodAt } from "#domain/period.ts";
import type { BudgetRoom, Hold, Reserved, Standing } from "#limits/budget-standing.ts";

/** What was spent and what is held of a budget in its current day and month. */
export type RunningPeriods = {
  /** Begins the next day or month where its time has come, and counts it from the histories and the calls in flight. */
  roll(budget: Budget, newest: Hold | null, nowMs: number): void;
  /** Counts anew with the next `roll`. */
  expire(): void;
  /** A call holds so much more; in the periods that it began in, as its cost will count. */
  addReserved(startedMs: number, amount: NanoUsd): void;
  /** A call in flight has come to so much more. */
  addMetered(startedMs: number, cost: NanoUsd): void;
  addSpent(admittedMs: number, cost: NanoUsd): void;
  /** Whether what was spent and what is in flight have reached a limit, in a period that the call of `startedMs` counts in. */
  isUsedUp(budget: Budget, startedMs: number, nowMs: number): boolean;
  /** The room for a call at the scarcest limit; null: there is no limit. */
  scarcestRoom(budget: Budget, newest: Hold | null, call: { need: Reserved; nowMs: number }): BudgetRoom | null;
  standings(budget: Budget, nowMs: number): Standing[];
};

type Running = {
  period: BudgetPeriod;
  startMs: number;
  endMs: number;
  spent: NanoUsd;
  reserved: NanoUsd;
  metered: NanoUsd;
};

/** `spentIn` sums what the budget's agents spent in a span. */
export function createRunningPeriods(spentIn: (startMs: number, endMs: number) => NanoUsd): RunningPeriods {
  const running = BUDGET_PERIODS.map(
    (period): Running => ({ period, startMs: 0, endMs: 0, spent: 0n, reserved: 0n, metered: 0n }),
  );
  return {
    roll(budget, newest, nowMs) {
      for (const current of running) {
        if (nowMs < current.endMs) continue;
        const { start, end } = periodAt(current.period, new Date(nowMs), budget.timeZone);
        current.startMs = start.getTime();
        current.endMs = end.getTime();
        current.spent = spentIn(current.startMs, current.endMs);
        current.reserved = sumSince(current.startMs, newest, ({ reserved }) => reserved[budget.reservation]);
        current.metered = sumSince(current.startMs, newest, ({ metered }) => metered);
      }
    },
    expire() {
      for (const current of running) current.endMs = 0;
    },
    addReserved(startedMs, amount) {
      for (const current of running) if (startedMs >= current.startMs) current.reserved += amount;
    },
    addMetered(startedMs, cost) {
      for (const current of running) if (startedMs >= current.startMs) current.metered += cost;
    },
    isUsedUp: (budget, startedMs, nowMs) =>
      running.some(({ period, startMs, spent, metered }) => {
        const limit = limitAt(budget, period, new Date(nowMs));
        return limit !== null && startedMs >= startMs && spent + metered >= limit;
      }),
    addSpent(admittedMs, cost) {
      for (const current of running) if (admittedMs >= current.startMs) current.spent += cost;
    },
    scarcestRoom(budget, newest, { need, nowMs }) {
      let scarcest: BudgetRoom | null = null;
      for (const { period, startMs, spent, reserved, metered } of running) {
        const limit = limitAt(budget, period, new Date(nowMs));
        if (limit === null) continue;
        const mode = budget.reservation;
        const newestMs = newest !== null && newest.startedMs >= startMs ? newest.startedMs : null;
        const request = { need, mode, isOccupied: isOccupied(mode, newestMs, nowMs) };
        const room = roomFor({ limit, spent, reserved, metered }, request);
        const found: BudgetRoom = { room, period, left: limit - spent - reserved };
        if (scarcest === null || isScarcer(found, scarcest)) scarcest = found;
      }
      return scarcest;
    },
    standings: (budget, nowMs) =>
      running.map((current) => ({ ...current, limit: limitAt(budget, current.period, new Date(nowMs)) })),
  };
}

function sumSince(startMs: number, newest: Hold | null, amountOf: (hold: Hold) => NanoUsd): NanoUsd {
  let sum = 0n;
  for (let hold = newest; hold !== null; hold = hold.older) if (hold.startedMs >= startMs) sum += amountOf(hold);
  return sum;
}

const SCARCITY: Record<BudgetRoom["room"], number> = { reached: 0, taken: 1, alone: 2, free: 3 };

function isScarcer(a: BudgetRoom, b: BudgetRoom): boolean {
  return SCARCITY[a.room] === SCARCITY[b.room] ? a.left < b.left : SCARCITY[a.room] < SCARCITY[b.room];
}
