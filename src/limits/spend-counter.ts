import type { Spend } from "#domain/budget.ts";
import { RECENT_MS, type RecentSpend } from "#domain/forecast.ts";
import type { NanoUsd } from "#domain/money.ts";
import { type BudgetPeriod, periodAt, quarterHourAt, type Span } from "#domain/period.ts";
import type { DaySpend } from "#domain/what-if.ts";
import type { SpanSpendStore } from "#ledger/span-spend-store.ts";

/** Whose spend to count, by the clocks of which zone: one agent's, a pool's members', everybody's. */
export type Counted = { timeZone: string; agentIds: readonly number[] };

/** Spend of the current day and month, and the slopes that a forecast of each follows (null: no history). */
export type Trend = { spend: Spend; recent: Record<BudgetPeriod, RecentSpend | null> };

/** How many past days a what-if looks at. */
export const HISTORY_DAYS = 30;
const QUARTER_HOUR_MS = 15 * 60 * 1000;

export type SpendCounter = ReturnType<typeof createSpendCounter>;

/**
 * Counts what budgets have spent, each in the days and months of its own time zone, from the ledger's rollups. The
 * number of queries grows neither with the budgets nor with their agents.
 */
export function createSpendCounter(store: SpanSpendStore) {
  return {
    /** Spend of the current day and month, in the order of `counted`. One query. */
    async current(counted: readonly Counted[], now: Date): Promise<Spend[]> {
      const plan = createSpanPlan();
      const wanted = counted.map(({ timeZone }) => planPeriods(plan, timeZone, now));
      const spends = await store.of(distinctAgents(counted), plan.spans);
      return counted.map(({ agentIds }, index) => sumPeriods(spends, agentIds, wanted[index]));
    },

    /** As `current`, with the slopes. `knownSince`: when an agent was made. Two queries. */
    async trends(counted: readonly Counted[], knownSince: ReadonlyMap<number, Date>, now: Date): Promise<Trend[]> {
      const plan = createSpanPlan();
      const wanted = counted.map(({ timeZone }) => planPeriods(plan, timeZone, now));
      const recentSpans = { day: recentSpan("day", now), month: recentSpan("month", now) };
      const recentIndexes = { day: plan.add(recentSpans.day), month: plan.add(recentSpans.month) };
      const ids = distinctAgents(counted);
      const [spends, firstDays] = await Promise.all([store.of(ids, plan.spans), store.firstDays(ids)]);
      return counted.map(({ agentIds }, index) => {
        const since = earliest(agentIds.map((id) => firstCallAt(firstDays.get(id), knownSince.get(id))));
        const slope = (period: BudgetPeriod): RecentSpend | null =>
          since === null
            ? null
            : {
                spent: sumSpan(spends, agentIds, recentIndexes[period]),
                since: new Date(Math.max(since.getTime(), recentSpans[period].start.getTime())),
              };
        return {
          spend: sumPeriods(spends, agentIds, wanted[index]),
          recent: { day: slope("day"), month: slope("month") },
        };
      });
    },

    /**
     * The last 30 whole days, and before them those of the month that the first of them belongs to; none from before
     * the first call. Two queries.
     */
    async history({ timeZone, agentIds }: Counted, now: Date): Promise<DaySpend[]> {
      const spans = pastDays(timeZone, now);
      const [spends, firstDays] = await Promise.all([store.of(agentIds, spans), store.firstDays(agentIds)]);
      const since = earliest(agentIds.map((id) => firstDays.get(id)));
      if (since === null) return [];
      return spans
        .map((span, index) => ({
          dayStart: span.start,
          monthStart: periodAt("month", span.start, timeZone).start,
          spent: sumSpan(spends, agentIds, index),
          end: span.end,
        }))
        .filter((day) => day.end > since)
        .map(({ dayStart, monthStart, spent }) => ({ dayStart, monthStart, spent }));
    },
  };
}

type SpanSpends = ReadonlyMap<number, readonly NanoUsd[]>;
type PeriodIndexes = Record<BudgetPeriod, number>;

/** The spans to ask for, each of them once. */
function createSpanPlan() {
  const spans: Span[] = [];
  const known = new Map<string, number>();
  return {
    spans,
    add(span: Span): number {
      const key = `${span.start.getTime()} ${span.end.getTime()}`;
      const index = known.get(key) ?? spans.push(span) - 1;
      known.set(key, index);
      return index;
    },
  };
}

function planPeriods(plan: ReturnType<typeof createSpanPlan>, timeZone: string, now: Date): PeriodIndexes {
  return { day: plan.add(periodAt("day", now, timeZone)), month: plan.add(periodAt("month", now, timeZone)) };
}

/** From the quarter hour in which the slope begins to the end of the present one. */
function recentSpan(period: BudgetPeriod, now: Date): Span {
  return {
    start: quarterHourAt(new Date(now.getTime() - RECENT_MS[period])),
    end: new Date(quarterHourAt(now).getTime() + QUARTER_HOUR_MS),
  };
}

/** Whole days of a zone, the oldest first, today left out. */
function pastDays(timeZone: string, now: Date): Span[] {
  const days: Span[] = [];
  const today = periodAt("day", now, timeZone);
  const dayBefore = (day: Span) => periodAt("day", new Date(day.start.getTime() - 1), timeZone);
  let day = dayBefore(today);
  while (days.length < HISTORY_DAYS) {
    days.push(day);
    day = dayBefore(day);
  }
  const monthStart = periodAt("month", days.at(-1)?.start ?? now, timeZone).start;
  while (day.start >= monthStart) {
    days.push(day);
    day = dayBefore(day);
  }
  return days.reverse();
}

function distinctAgents(counted: readonly Counted[]): number[] {
  return [...new Set(counted.flatMap(({ agentIds }) => agentIds))];
}

function sumPeriods(spends: SpanSpends, agentIds: readonly number[], indexes: PeriodIndexes | undefined): Spend {
  if (indexes === undefined) throw new Error("every budget has its spans");
  return { day: sumSpan(spends, agentIds, indexes.day), month: sumSpan(spends, agentIds, indexes.month) };
}

function sumSpan(spends: SpanSpends, agentIds: readonly number[], index: number): NanoUsd {
  return agentIds.reduce((sum, id) => sum + (spends.get(id)?.[index] ?? 0n), 0n);
}

/** The first call was on the first day, and not before the agent was made. */
function firstCallAt(firstDay: Date | undefined, knownSince: Date | undefined): Date | undefined {
  if (firstDay === undefined || knownSince === undefined) return firstDay;
  return firstDay > knownSince ? firstDay : knownSince;
}

function earliest(instants: readonly (Date | undefined)[]): Date | null {
  let first: Date | null = null;
  for (const at of instants) if (at !== undefined && (first === null || at < first)) first = at;
  return first;
}
