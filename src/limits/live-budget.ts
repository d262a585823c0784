import { isOccupied, type Room, roomFor } from "#domain/admission.ts";
import { type Budget, limitAt, type ReservationMode } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod, periodAt } from "#domain/period.ts";
import { createWaitingLine, type WaitingLine } from "#limits/waiting-line.ts";

/** What a call in flight holds of a budget: one amount for either mode of the budget. */
export type Reserved = Record<ReservationMode, NanoUsd>;

/** A call in flight, in one of its budgets: a link in that budget's chain of them, oldest first. */
export type Hold = { startedMs: number; reserved: Reserved; older: Hold | null; newer: Hold | null };

/** One limit of a budget as it stands; `limit` null: there is none. */
export type Standing = {
  period: BudgetPeriod;
  startMs: number;
  endMs: number;
  limit: NanoUsd | null;
  spent: NanoUsd;
  reserved: NanoUsd;
};

/** What a budget says to a call: the room at its scarcest limit, and how much of that is left. */
export type BudgetRoom = { room: Room; period: BudgetPeriod; left: NanoUsd };

/** A budget with what was spent of it and what is held in its current day and month, and those who wait for it. */
export type LiveBudget<Waiter> = {
  budget(): Budget;
  line: WaitingLine<Waiter>;
  /** Null: it never stops a call, or it has no limit. */
  roomFor(need: Reserved, nowMs: number): BudgetRoom | null;
  hold(reserved: Reserved, startedMs: number): Hold;
  /** Puts another amount in the place of what a call holds. */
  revise(hold: Hold, reserved: Reserved): void;
  release(hold: Hold): void;
  /** Counts a cost in the periods that the instant of its admission lies in. */
  spend(cost: NanoUsd, admittedMs: number): void;
  standings(nowMs: number): readonly Standing[];
  /** When the youngest call in flight began; null: none is. */
  newestStartMs(): number | null;
  /** Takes over what was saved, and counts anew where members, zone or mode are other ones. */
  follow(budget: Budget, hasOtherMembers: boolean): void;
};

type Running = { period: BudgetPeriod; startMs: number; endMs: number; spent: NanoUsd; reserved: NanoUsd };

/** `spentIn` sums what the budget's agents spent in a span. */
export function createLiveBudget<Waiter>(
  initial: Budget,
  spentIn: (startMs: number, endMs: number) => NanoUsd,
): LiveBudget<Waiter> {
  let budget = initial;
  let newest: Hold | null = null;
  const running = BUDGET_PERIODS.map((period): Running => ({ period, startMs: 0, endMs: 0, spent: 0n, reserved: 0n }));

  const roll = (current: Running, nowMs: number) => {
    const { start, end } = periodAt(current.period, new Date(nowMs), budget.timeZone);
    current.startMs = start.getTime();
    current.endMs = end.getTime();
    current.spent = spentIn(current.startMs, current.endMs);
    current.reserved = 0n;
    for (let hold = newest; hold !== null; hold = hold.older) {
      if (hold.startedMs >= current.startMs) current.reserved += hold.reserved[budget.reservation];
    }
  };
  const rollAll = (nowMs: number) => {
    for (const current of running) if (nowMs >= current.endMs) roll(current, nowMs);
  };
  /** What a call holds counts in the periods that it began in, as its cost will. */
  const addReserved = (startedMs: number, amount: NanoUsd) => {
    for (const current of running) if (startedMs >= current.startMs) current.reserved += amount;
  };
  const roomAt = (current: Running, need: Reserved, nowMs: number): BudgetRoom | null => {
    const limit = limitAt(budget, current.period, new Date(nowMs));
    if (limit === null) return null;
    const { period, spent, reserved, startMs } = current;
    const mode = budget.reservation;
    const newestMs = newest !== null && newest.startedMs >= startMs ? newest.startedMs : null;
    const room = roomFor({ limit, spent, reserved }, need[mode], isOccupied(mode, newestMs, nowMs));
    return { room, period, left: limit - spent - reserved };
  };

  return {
    budget: () => budget,
    line: createWaitingLine(),
    roomFor(need, nowMs) {
      if (budget.actionOnExceed !== "block") return null;
      rollAll(nowMs);
      let scarcest: BudgetRoom | null = null;
      for (const current of running) {
        const found = roomAt(current, need, nowMs);
        if (found !== null && (scarcest === null || isScarcer(found, scarcest))) scarcest = found;
      }
      return scarcest;
    },
    hold(reserved, startedMs) {
      rollAll(startedMs);
      const hold: Hold = { startedMs, reserved, older: newest, newer: null };
      if (newest !== null) newest.newer = hold;
      newest = hold;
      addReserved(startedMs, reserved[budget.reservation]);
      return hold;
    },
    revise(hold, reserved) {
      addReserved(hold.startedMs, reserved[budget.reservation] - hold.reserved[budget.reservation]);
      hold.reserved = reserved;
    },
    release(hold) {
      addReserved(hold.startedMs, -hold.reserved[budget.reservation]);
      if (hold.older !== null) hold.older.newer = hold.newer;
      if (hold.newer !== null) hold.newer.older = hold.older;
      else newest = hold.older;
    },
    spend(cost, admittedMs) {
      for (const current of running) if (admittedMs >= current.startMs) current.spent += cost;
    },
    standings(nowMs) {
      rollAll(nowMs);
      return running.map((current) => ({ ...current, limit: limitAt(budget, current.period, new Date(nowMs)) }));
    },
    newestStartMs: () => newest?.startedMs ?? null,
    follow(next, hasOtherMembers) {
      const isCountedOtherwise = next.timeZone !== budget.timeZone || next.reservation !== budget.reservation;
      budget = next;
      // The next question finds both periods over, and counts from the histories.
      if (hasOtherMembers || isCountedOtherwise) for (const current of running) current.endMs = 0;
    },
  };
}

const SCARCITY: Record<Room, number> = { reached: 0, taken: 1, alone: 2, free: 3 };

function isScarcer(a: BudgetRoom, b: BudgetRoom): boolean {
  return SCARCITY[a.room] === SCARCITY[b.room] ? a.left < b.left : SCARCITY[a.room] < SCARCITY[b.room];
}
