import type { AlertFacts } from "#domain/alert.ts";
import { forecast, RECENT_MS } from "#domain/forecast.ts";
import { periodAt, quarterHourAt } from "#domain/period.ts";
import type { AlertForecastStore } from "#limits/alert-forecast-store.ts";

/** Gives the facts of an alert with where its period is going, where that is known. */
export type AddForecast = (alert: { budget: string; facts: AlertFacts }) => Promise<AlertFacts>;

/** Adds to thresholds, but for reported spending, what `domain/forecast.ts` says, as things stood when the threshold was reached. */
export function createAddForecast(store: AlertForecastStore): AddForecast {
  return async ({ budget, facts }) => {
    const { kind, spent, limit, period, periodStart, at, detail } = facts;
    if (kind !== "threshold" || spent === null || detail.isReported) return facts;
    const from = quarterHourAt(new Date(at.getTime() - RECENT_MS[period]));
    const habit = await store.recent(budget, from, at);
    const resetsAt = periodAt(period, periodStart, habit.timeZone).end;
    const recent = habit.since === null ? null : { spent: habit.spent, since: habit.since };
    const found = forecast({ spent, limit, resetsAt }, recent, at);
    if (found === null) return facts;
    const { reachesLimitAt: limitReachedAt, endsAt: periodEndSpend } = found;
    return { ...facts, detail: { ...facts.detail, forecast: { limitReachedAt, periodEndSpend } } };
  };
}
