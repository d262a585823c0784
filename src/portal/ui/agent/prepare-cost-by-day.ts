import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { utcDay } from "#portal/ui/format/instants.ts";

type CostDay = { dayStart: Date; listCost: NanoUsd; requests: number };

/** A bar. `usd` is for the height of the bar only and null where there was no agent yet; the texts are exact. */
export type CostPoint = { label: string; usd: number | null; isRunning: boolean; cost: string; calls: string };

export type CostByDay = { points: CostPoint[]; total: string; requests: string; summary: string };

const NANO_PER_USD = 1e9;
const DAY_MS = 86_400_000;

/**
 * Cost per UTC day, oldest first. A day before the agent existed is a gap, a day without calls is a zero, and the
 * day that is still running is marked as such.
 */
export function prepareCostByDay(
  days: readonly CostDay[],
  { createdAt, now }: { createdAt: Date; now: Date },
): CostByDay {
  const points = days.map((day) => toPoint(day, createdAt, now));
  const total = days.reduce((sum, { listCost }) => sum + listCost, 0n);
  const requests = days.reduce((sum, day) => sum + day.requests, 0);
  return { points, total: formatUsd(total), requests: countOf(requests, "call"), summary: summarise(days, total) };
}

function toPoint(day: CostDay, createdAt: Date, now: Date): CostPoint {
  const end = day.dayStart.getTime() + DAY_MS;
  const isGap = end <= createdAt.getTime() && day.requests === 0;
  return {
    label: utcDay(day.dayStart),
    usd: isGap ? null : Number(day.listCost) / NANO_PER_USD,
    isRunning: now.getTime() < end,
    cost: isGap ? "not created yet" : formatUsd(day.listCost),
    calls: isGap ? "" : countOf(day.requests, "call"),
  };
}

function summarise(days: readonly CostDay[], total: NanoUsd): string {
  const dearest = days.toSorted((a, b) => Number(b.listCost - a.listCost))[0];
  if (dearest === undefined || total === 0n) return `No cost in the last ${days.length} days.`;
  return `${formatUsd(total)} in the last ${days.length} days; the dearest day was ${utcDay(dearest.dayStart)} with ${formatUsd(dearest.listCost)}.`;
}
