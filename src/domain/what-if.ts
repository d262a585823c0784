import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/** What was spent on one day of a budget's time zone. `monthStart`: the first instant of the month that it belongs to. */
export type DaySpend = { dayStart: Date; monthStart: Date; spent: NanoUsd };

/** How many of the days that were looked at would have reached a limit. */
export type WhatIf = { days: number; reachedDays: number };

/**
 * What limits would have done on past days: on how many of the last `days` of `history` one of them would have been
 * reached. Null where that says nothing: no limit, or no day to look at.
 *
 * `history` has every day in order, from the first of the oldest month on, and the present day, which is not over, left
 * out. A day that reaches its daily limit counts with that limit towards the month, because the agent would have been
 * stopped there; `isStopping: false` (limits that only warn) counts it in full. Pure and total.
 */
export function whatIf(
  history: readonly DaySpend[],
  limits: Record<BudgetPeriod, NanoUsd | null>,
  options: { days: number; isStopping: boolean },
): WhatIf | null {
  const looked = history.slice(-options.days);
  const [firstLooked] = looked;
  if (firstLooked === undefined || (limits.day === null && limits.month === null)) return null;

  let [monthStart, monthSpent, reachedDays] = [0, 0n, 0];
  for (const day of history) {
    if (day.monthStart.getTime() !== monthStart) [monthStart, monthSpent] = [day.monthStart.getTime(), 0n];
    const isOver = limits.day !== null && day.spent >= limits.day;
    monthSpent += isOver && options.isStopping && limits.day !== null ? limits.day : day.spent;
    const isMonthOver = limits.month !== null && monthSpent >= limits.month;
    if (day.dayStart >= firstLooked.dayStart && (isOver || isMonthOver)) reachedDays += 1;
  }
  return { days: looked.length, reachedDays };
}
