/** The month comes first: when both limits are reached, the later reset is the one to report. */
export const BUDGET_PERIODS = ["month", "day"] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** A span of time, half-open: `start` belongs to it, `end` does not. Instants are UTC. */
export type Span = { start: Date; end: Date };

const QUARTER_HOUR_MS = 15 * 60 * 1000;

/** The calendar day or month (UTC) that an instant falls in. */
export function periodAt(period: BudgetPeriod, at: Date): Span {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return period === "day"
    ? { start: new Date(Date.UTC(year, month, day)), end: new Date(Date.UTC(year, month, day + 1)) }
    : { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
}

/** The last `days` UTC days up to and including the one that `now` falls in. `days` >= 1. */
export function lastDays(days: number, now: Date): Span {
  const today = periodAt("day", now);
  const start = new Date(today.start);
  start.setUTCDate(start.getUTCDate() - (days - 1));
  return { start, end: today.end };
}

/** The start of the quarter hour (UTC) that an instant falls in: the grain of the rollups. */
export function quarterHourAt(at: Date): Date {
  return new Date(Math.floor(at.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
}
