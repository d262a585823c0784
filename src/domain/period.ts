import { TZDate } from "@date-fns/tz";

/** The month comes first: when both limits are reached, the later reset is the one to report. */
export const BUDGET_PERIODS = ["month", "day"] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** A span of time, half-open: `start` belongs to it, `end` does not. Instants are UTC. */
export type Span = { start: Date; end: Date };

const QUARTER_HOUR_MS = 15 * 60 * 1000;

/** The last span found for a zone and period: the next question is nearly always about the same one. */
const lastSpans = new Map<string, { startMs: number; endMs: number }>();
const ZONES_MAX = 1_000;

/**
 * The calendar day or month that an instant falls in, where the clocks of `timeZone` (an IANA name) count it: a day may have
 * 23 or 25 hours, and begins at its first instant even where midnight is left out.
 * @throws RangeError for a zone that is not known
 */
export function periodAt(period: BudgetPeriod, at: Date, timeZone = "UTC"): Span {
  if (timeZone === "UTC") return utcPeriodAt(period, at);
  const key = `${period} ${timeZone}`;
  const last = lastSpans.get(key);
  const atMs = at.getTime();
  if (last !== undefined && atMs >= last.startMs && atMs < last.endMs) return toSpan(last);
  const local = new TZDate(atMs, timeZone);
  const [year, month, day] = [local.getFullYear(), local.getMonth(), local.getDate()];
  const startOf = (y: number, m: number, d: number) => new TZDate(y, m, d, timeZone).getTime();
  const [startMs, endMs] =
    period === "day"
      ? [startOf(year, month, day), startOf(year, month, day + 1)]
      : [startOf(year, month, 1), startOf(year, month + 1, 1)];
  if (Number.isNaN(startMs)) throw new RangeError(`Unknown time zone: ${timeZone}`);
  if (lastSpans.size >= ZONES_MAX) lastSpans.clear();
  lastSpans.set(key, { startMs, endMs });
  return toSpan({ startMs, endMs });
}

/** Tells whether a text names a time zone that periods can be counted in. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(text)) return false; // "+05:30" is an offset: it knows no summer
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false; // a RangeError: it is not known
  }
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

function utcPeriodAt(period: BudgetPeriod, at: Date): Span {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return period === "day"
    ? { start: new Date(Date.UTC(year, month, day)), end: new Date(Date.UTC(year, month, day + 1)) }
    : { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
}

function toSpan({ startMs, endMs }: { startMs: number; endMs: number }): Span {
  return { start: new Date(startMs), end: new Date(endMs) };
}
