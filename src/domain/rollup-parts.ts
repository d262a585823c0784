import { periodAt, type Span } from "#domain/period.ts";

/** How a span is summed up from rollups: whole UTC days from the daily ones, what is left at its edges from the quarter hours. */
export type RollupParts = { days: Span | null; quarterHours: Span[] };

/**
 * Divides a span whose ends lie on quarter hours, as those of every time zone's days do. The parts cover it exactly
 * and do not overlap. Pure and total.
 */
export function rollupParts({ start, end }: Span): RollupParts {
  const startDay = periodAt("day", start);
  const firstMidnight = startDay.start.getTime() === start.getTime() ? start : startDay.end;
  const lastMidnight = periodAt("day", end).start;
  if (firstMidnight >= lastMidnight) return { days: null, quarterHours: parts({ start, end }) };
  return {
    days: { start: firstMidnight, end: lastMidnight },
    quarterHours: parts({ start, end: firstMidnight }, { start: lastMidnight, end }),
  };
}

function parts(...spans: Span[]): Span[] {
  return spans.filter(({ start, end }) => start < end);
}
