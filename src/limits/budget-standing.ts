import type { Room } from "#domain/admission.ts";
import type { ReservationMode } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/** What a call in flight holds of a budget: one amount for either mode of the budget. */
export type Reserved = Record<ReservationMode, NanoUsd>;

/** A call in flight, in one of its budgets: a link in that budget's chain of them, oldest first. */
export type Hold = {
  startedMs: number;
  reserved: Reserved;
  /** What it has come to so far: now and then, and closely where a running answer may be cut. */
  metered: NanoUsd;
  older: Hold | null;
  newer: Hold | null;
};

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
