import type { Budget, BudgetAction, BudgetIncrease, BudgetKey, ReservationMode, Spend } from "#domain/budget.ts";
import { type BudgetPeriodStatus, type BudgetState, budgetStanding } from "#domain/budget-status.ts";
import { type Forecast, forecast } from "#domain/forecast.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { SavedBudget } from "#limits/budget-store.ts";
import type { BudgetSubject, CountedSubject } from "#limits/budget-subject.ts";
import { type BudgetTerms, limitsAt, NO_TERMS, toBudget } from "#limits/budget-terms.ts";
import type { Increase } from "#limits/increase-store.ts";
import type { Trend } from "#limits/spend-counter.ts";

/** One limit: `limit` is what is in force, increases included; `savedLimit` is without them. */
export type BudgetPeriodView = BudgetPeriodStatus & { savedLimit: NanoUsd | null };

/** Who saved limits last; version 0 and null where nobody has. */
export type LastSave = { version: number; updatedAt: Date | null; updatedBy: string | null };

/** Limits, spend and state of one budget. */
export type BudgetStatus = LastSave & {
  actionOnExceed: BudgetAction;
  day: BudgetPeriodView;
  month: BudgetPeriodView;
  /** Whole percents, ascending. */
  warningThresholds: number[];
  state: BudgetState;
  /** An IANA name: where its day and month begin. */
  timeZone: string;
  reservation: ReservationMode;
  hardStop: boolean;
  pauseOnRunaway: boolean;
  /** An agent without limits of its own: these are the default's, counted for it alone. */
  followsDefault: boolean;
};

/** Where both periods are heading; null is unknown. */
export type BudgetForecast = Record<BudgetPeriod, Forecast | null>;

/** The saved limits of everybody, by whose they are, with the increases that are granted. */
export type BudgetBook = ReturnType<typeof openBook>;

/** A budget as it is in force, and who saved it last. */
export type BookEntry = { budget: Budget; followsDefault: boolean; save: LastSave };

const NEVER_SAVED: LastSave = { version: 0, updatedAt: null, updatedBy: null };

/** Puts together what was read: which terms hold for whom. An agent without its own has the default's. */
export function openBook(saved: readonly SavedBudget[], increases: readonly Increase[]) {
  const agents = new Map(saved.map((row) => [row.agentId, row]));
  const pools = new Map(saved.map((row) => [row.poolId, row]));
  const single = (scope: "fleet" | "default") => saved.find((row) => row.scope === scope) ?? null;
  const granted = new Map<BudgetKey, BudgetIncrease[]>();
  for (const increase of increases) {
    const { subject, period, amount, startsAt, endsAt } = increase;
    const key: BudgetKey = subject.scope === "fleet" ? "fleet" : `${subject.scope}:${subject.id}`;
    granted.set(key, [...(granted.get(key) ?? []), { period, amount, startsAt, endsAt }]);
  }
  const entry = (key: BudgetKey, row: SavedBudget | null, terms: BudgetTerms): BookEntry => ({
    budget: toBudget(key, terms, granted.get(key) ?? []),
    followsDefault: false,
    save: row === null ? NEVER_SAVED : lastSave(row),
  });
  const defaults = single("default");
  return {
    defaults: { terms: defaults?.terms ?? NO_TERMS, save: defaults === null ? NEVER_SAVED : lastSave(defaults) },

    agent(agentId: number): BookEntry {
      const row = agents.get(agentId) ?? null;
      const followsDefault = row === null || row.followsDefault;
      const terms = followsDefault ? (defaults?.terms ?? NO_TERMS) : row.terms;
      return { ...entry(`agent:${agentId}`, row, terms), followsDefault };
    },

    pool(poolId: number): BookEntry {
      const row = pools.get(poolId) ?? null;
      return entry(`pool:${poolId}`, row, row?.terms ?? NO_TERMS);
    },

    fleet(): BookEntry {
      const row = single("fleet");
      return entry("fleet", row, row?.terms ?? NO_TERMS);
    },
  };
}

/** Where a budget stands. */
export function toStatus({ budget, followsDefault, save }: BookEntry, spend: Spend, now: Date): BudgetStatus {
  const standing = budgetStanding({ ...budget, limits: limitsAt(budget, now) }, spend, now);
  const { timeZone, reservation, hardStop, pauseOnRunaway } = budget;
  return {
    ...standing,
    day: { ...standing.day, savedLimit: budget.limits.day },
    month: { ...standing.month, savedLimit: budget.limits.month },
    timeZone,
    reservation,
    hardStop,
    pauseOnRunaway,
    followsDefault,
    ...save,
  };
}

/** Where a budget is heading, each period at its own slope. */
export function toForecast(status: BudgetStatus, { recent }: Pick<Trend, "recent">, now: Date): BudgetForecast {
  return { day: forecast(status.day, recent.day, now), month: forecast(status.month, recent.month, now) };
}

/** The entry of an agent, a pool or the fleet. */
export function entryFor(book: BudgetBook, subject: CountedSubject): BookEntry {
  if (subject.scope === "agent") return book.agent(subject.id);
  return subject.scope === "pool" ? book.pool(subject.id) : book.fleet();
}

/** The terms that hold for a subject, as they are saved. */
export function termsFor(book: BudgetBook, subject: BudgetSubject): BudgetTerms {
  if (subject.scope === "default") return book.defaults.terms;
  const { key: _key, increases: _increases, ...terms } = entryFor(book, subject).budget;
  return terms;
}

/** Who saved a subject's limits last. */
export function saveFor(book: BudgetBook, subject: BudgetSubject): LastSave {
  return subject.scope === "default" ? book.defaults.save : entryFor(book, subject).save;
}

function lastSave({ version, updatedAt, updatedBy }: SavedBudget): LastSave {
  return { version, updatedAt, updatedBy };
}
