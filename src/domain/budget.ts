import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod } from "#domain/period.ts";

export const BUDGET_ACTIONS = ["block", "warn", "none"] as const;
export type BudgetAction = (typeof BUDGET_ACTIONS)[number];

/** From this share of a limit on, people are warned (80 %). */
export const WARN_AT_PERCENT = 80;

/** Whose budget it is, in one word: of one agent, of a pool of agents, or of the whole fleet. */
export type BudgetKey = `agent:${number}` | `pool:${number}` | "fleet";

export const RESERVATION_MODES = ["expected", "guaranteed"] as const;
/** What a call in flight holds of the budget: what it is expected to cost, or the most that it can. */
export type ReservationMode = (typeof RESERVATION_MODES)[number];

/** More of one limit for a while, in [startsAt, endsAt). */
export type BudgetIncrease = { period: BudgetPeriod; amount: NanoUsd; startsAt: Date; endsAt: Date };

/** What a budget allows, and what happens at its limits. A limit of 0 allows nothing; null is "no limit for this period". */
export type BudgetRule = {
  limits: Record<BudgetPeriod, NanoUsd | null>;
  actionOnExceed: BudgetAction;
  /** Whole percents, ascending; each raises one alert per period. */
  warningThresholds: readonly number[];
};

/** A budget of an agent, a pool or the fleet, as it is in force. */
export type Budget = BudgetRule & {
  key: BudgetKey;
  /** An IANA name: where its day and its month begin. */
  timeZone: string;
  reservation: ReservationMode;
  /** A running answer is cut when a limit is reached. */
  hardStop: boolean;
  pauseOnRunaway: boolean;
  /** Those that were granted, ended ones or not. */
  increases: readonly BudgetIncrease[];
};

/** The limit of a period at an instant: with the increases that are in force then. Null stays null: no limit. */
export function limitAt(budget: Budget, period: BudgetPeriod, at: Date): NanoUsd | null {
  const limit = budget.limits[period];
  if (limit === null || budget.increases.length === 0) return limit;
  return budget.increases
    .filter((increase) => increase.period === period && increase.startsAt <= at && at < increase.endsAt)
    .reduce((sum, increase) => sum + increase.amount, limit);
}

/** What has been spent in the current day and month. */
export type Spend = Record<BudgetPeriod, NanoUsd>;

type Reached = { period: BudgetPeriod; spent: NanoUsd; limit: NanoUsd };
export type BudgetDecision = { outcome: "allow" } | ({ outcome: "warn" | "block" } & Reached);

/**
 * Decides whether an agent may start another call, from what it has spent.
 *
 * A limit is reached when spend equals it, so a limit of 0 blocks every call and null never blocks. The
 * pending call is not counted: its cost is known only once it ends, so calls in flight can overshoot.
 * Pure and total.
 */
export function decideBudget(budget: BudgetRule, spend: Spend): BudgetDecision {
  if (budget.actionOnExceed === "none") return { outcome: "allow" };

  const exceeded = firstReached(budget.limits, spend, 100);
  if (exceeded !== null && budget.actionOnExceed === "block") return { outcome: "block", ...exceeded };

  const nearing = exceeded ?? firstReached(budget.limits, spend, WARN_AT_PERCENT);
  return nearing === null ? { outcome: "allow" } : { outcome: "warn", ...nearing };
}

/**
 * The thresholds (whole percents of `limit`) that a spend has reached, ascending: a threshold is reached by the amount
 * that equals it. Of a limit of 0 there are no shares, so it has none.
 */
export function reachedThresholds(spent: NanoUsd, limit: NanoUsd, thresholds: readonly number[]): number[] {
  if (limit === 0n) return [];
  return thresholds.filter((percent) => spent * 100n >= limit * BigInt(percent)).toSorted((a, b) => a - b);
}

function firstReached(limits: BudgetRule["limits"], spend: Spend, percent: number): Reached | null {
  for (const period of BUDGET_PERIODS) {
    const [limit, spent] = [limits[period], spend[period]];
    if (limit !== null && spent * 100n >= limit * BigInt(percent)) return { period, spent, limit };
  }
  return null;
}
