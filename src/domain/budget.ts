import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod } from "#domain/period.ts";

export const BUDGET_ACTIONS = ["block", "warn", "none"] as const;
export type BudgetAction = (typeof BUDGET_ACTIONS)[number];

/** From this share of a limit on, people are warned (80 %). */
export const WARN_AT_PERCENT = 80;

/** Spending limits of one agent. A limit of 0 allows nothing; null is "no limit for this period". */
export type Budget = {
  limits: Record<BudgetPeriod, NanoUsd | null>;
  actionOnExceed: BudgetAction;
  /** Whole percents, ascending; each raises one alert per period. */
  warningThresholds: readonly number[];
};

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
export function decideBudget(budget: Budget, spend: Spend): BudgetDecision {
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

function firstReached(limits: Budget["limits"], spend: Spend, percent: number): Reached | null {
  for (const period of BUDGET_PERIODS) {
    const [limit, spent] = [limits[period], spend[period]];
    if (limit !== null && spent * 100n >= limit * BigInt(percent)) return { period, spent, limit };
  }
  return null;
}
