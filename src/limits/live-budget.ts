import type { Budget } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetRoom, Hold, Reserved, Standing } from "#limits/budget-standing.ts";
import { createRunningPeriods } from "#limits/running-periods.ts";
import { createWaitingLine, type WaitingLine } from "#limits/waiting-line.ts";

/** A budget with what was spent of it and what is held in its current day and month, and those who wait for it. */
export type LiveBudget<Waiter> = {
  budget(): Budget;
  line: WaitingLine<Waiter>;
  /** Null: it never stops a call, or it has no limit. */
  roomFor(need: Reserved, nowMs: number): BudgetRoom | null;
  hold(reserved: Reserved, startedMs: number): Hold;
  /** Puts another amount in the place of what a call holds; it has come to `metered` so far. */
  revise(hold: Hold, reserved: Reserved, metered: NanoUsd): void;
  /** What a call has come to so far. Returns whether that uses up a limit at which running answers are cut. */
  meter(hold: Hold, cost: NanoUsd, nowMs: number): boolean;
  release(hold: Hold): void;
  /** Counts a cost in the periods that the instant of its admission lies in. */
  spend(cost: NanoUsd, admittedMs: number): void;
  standings(nowMs: number): readonly Standing[];
  /** When the youngest call in flight began; null: none is. */
  newestStartMs(): number | null;
  /** Takes over what was saved, and counts anew where members, zone or mode are other ones. */
  follow(budget: Budget, hasOtherMembers: boolean): void;
};

/** `spentIn` sums what the budget's agents spent in a span. */
export function createLiveBudget<Waiter>(
  initial: Budget,
  spentIn: (startMs: number, endMs: number) => NanoUsd,
): LiveBudget<Waiter> {
  let budget = initial;
  let newest: Hold | null = null;
  const running = createRunningPeriods(spentIn);
  return {
    budget: () => budget,
    line: createWaitingLine(),
    roomFor(need, nowMs) {
      if (budget.actionOnExceed !== "block") return null;
      running.roll(budget, newest, nowMs);
      return running.scarcestRoom(budget, newest, { need, nowMs });
    },
    hold(reserved, startedMs) {
      running.roll(budget, newest, startedMs);
      const hold: Hold = { startedMs, reserved, metered: 0n, older: newest, newer: null };
      if (newest !== null) newest.newer = hold;
      newest = hold;
      running.addReserved(startedMs, reserved[budget.reservation]);
      return hold;
    },
    revise(hold, reserved, metered) {
      running.addReserved(hold.startedMs, reserved[budget.reservation] - hold.reserved[budget.reservation]);
      hold.reserved = reserved;
      if (metered <= hold.metered) return;
      running.addMetered(hold.startedMs, metered - hold.metered);
      hold.metered = metered;
    },
    meter(hold, cost, nowMs) {
      running.roll(budget, newest, nowMs);
      running.addMetered(hold.startedMs, cost - hold.metered);
      hold.metered = cost;
      return budget.hardStop && budget.actionOnExceed === "block" && running.isUsedUp(budget, hold.startedMs, nowMs);
    },
    release(hold) {
      running.addMetered(hold.startedMs, -hold.metered);
      running.addReserved(hold.startedMs, -hold.reserved[budget.reservation]);
      if (hold.older !== null) hold.older.newer = hold.newer;
      if (hold.newer !== null) hold.newer.older = hold.older;
      else newest = hold.older;
    },
    spend: (cost, admittedMs) => running.addSpent(admittedMs, cost),
    standings(nowMs) {
      running.roll(budget, newest, nowMs);
      return running.standings(budget, nowMs);
    },
    newestStartMs: () => newest?.startedMs ?? null,
    follow(next, hasOtherMembers) {
      const isCountedOtherwise = next.timeZone !== budget.timeZone || next.reservation !== budget.reservation;
      budget = next;
      if (hasOtherMembers || isCountedOtherwise) running.expire();
    },
  };
}
