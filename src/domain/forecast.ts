import type { NanoUsd } from "#domain/money.ts";

/** What was spent from `since` up to now: the slope that a forecast follows. */
export type RecentSpend = { spent: NanoUsd; since: Date };

/** One period of a budget, as it stands now. */
export type PeriodStanding = { spent: NanoUsd; limit: NanoUsd | null; resetsAt: Date };

/**
 * Where a period is heading. `endsAt`: what it will have come to at its end. `reachesLimitAt`: when its limit will be
 * reached; null when that is not before the end, when there is no limit, and when it has been reached already.
 */
export type Forecast = { endsAt: NanoUsd; reachesLimitAt: Date | null };

/** Below this much history a slope says nothing: one call would make a day of it. */
export const FORECAST_HISTORY_MS_MIN = 60 * 60 * 1000;

/**
 * Follows the agent's own recent slope to the end of the period: spent + (recent spend / recent time) x the time that
 * is left. A day follows the last two hours, a month the last seven days (RECENT_MS).
 * Null is "unknown": there is no history, or less than an hour of it. A slope of zero is known: nothing more is spent.
 * Pure and total.
 */
export function forecast(
  { spent, limit, resetsAt }: PeriodStanding,
  recent: RecentSpend | null,
  now: Date,
): Forecast | null {
  if (recent === null) return null;
  const recentMs = BigInt(now.getTime() - recent.since.getTime());
  if (recentMs < BigInt(FORECAST_HISTORY_MS_MIN)) return null;

  const leftMs = BigInt(Math.max(0, resetsAt.getTime() - now.getTime()));
  const endsAt = spent + (recent.spent * leftMs) / recentMs;
  if (limit === null || spent >= limit || endsAt < limit || recent.spent === 0n)
    return { endsAt, reachesLimitAt: null };

  const untilLimitMs = ((limit - spent) * recentMs) / recent.spent;
  return { endsAt, reachesLimitAt: new Date(now.getTime() + Number(untilLimitMs)) };
}

/** How far back the slope of a period looks. */
export const RECENT_MS = { day: 2 * 60 * 60 * 1000, month: 7 * 24 * 60 * 60 * 1000 } as const;
