import type { Forecast } from "#domain/forecast.ts";
import { formatUsd, type NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { WhatIf } from "#domain/what-if.ts";
import { zonedTime } from "#portal/ui/format/instants.ts";

type Budget = Record<BudgetPeriod, { spent: NanoUsd; limit: NanoUsd | null }> & { timeZone: string };

const NAMES = { day: "Today", month: "The month" } as const;
const LIMITS = { day: "today's limit", month: "the month's limit" } as const;

/**
 * Where a period is heading, in a sentence: "At this pace it reaches today's limit at about 15:40 UTC." Null where a
 * forecast would say nothing new: the limit has been reached.
 */
export function forecastText(
  budget: Budget,
  { period, forecast }: { period: BudgetPeriod; forecast: Forecast | null },
  now: Date,
): string | null {
  const { spent, limit } = budget[period];
  if (limit !== null && spent >= limit) return null;
  if (forecast === null) return "No forecast: there is less than an hour of calls to go by.";
  const { endsAt, reachesLimitAt } = forecast;
  if (reachesLimitAt !== null && limit !== null) {
    const when = zonedTime(reachesLimitAt, now, budget.timeZone);
    return `At this pace it reaches ${LIMITS[period]} at about ${when}; ${NAMES[period].toLowerCase()} ends at about ${formatUsd(endsAt)} of ${formatUsd(limit)}.`;
  }
  if (endsAt === spent)
    return `${NAMES[period]} ends at ${formatUsd(spent)} if no further call comes: none did lately.`;
  return `At this pace ${NAMES[period].toLowerCase()} ends at about ${formatUsd(endsAt)}${limit === null ? "" : ` of ${formatUsd(limit)}`}.`;
}

/** The month's forecast where room is short: "≈ $312"; null is unknown. */
export function shortForecast(forecast: Forecast | null): string | null {
  return forecast === null ? null : `≈ ${formatUsd(forecast.endsAt)}`;
}

/**
 * What limits would have done, in a sentence; null where there is nothing to say. `subject`: "the agent", "the pool".
 * `action`: what the limits do.
 */
export function whatIfText(
  result: WhatIf | null,
  { subject, action }: { subject: string; action: "block" | "warn" | "none" },
): string | null {
  if (result === null || action === "none") return null;
  const { days, reachedDays } = result;
  const verb = action === "block" ? "stopped" : "over its limit";
  if (days === 1)
    return `With these limits ${subject} would ${reachedDays === 0 ? "not " : ""}have been ${verb} yesterday.`;
  const span = `the last ${days} days`;
  if (reachedDays === 0) return `With these limits ${subject} would not have been ${verb} on any of ${span}.`;
  if (reachedDays === days) return `With these limits ${subject} would have been ${verb} on every one of ${span}.`;
  return `With these limits ${subject} would have been ${verb} on ${reachedDays} of ${span}.`;
}
