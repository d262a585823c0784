import type { NanoUsd } from "#domain/money.ts";

/** What an agent spent in the quarter of an hour that begins at `startMs` (UTC). */
export type QuarterHour = { startMs: number; cost: NanoUsd };

/** Spending far above the agent's own habit: `spent` since `sinceMs`, where `usual` is much for it in half an hour. */
export type Runaway = { sinceMs: number; spent: NanoUsd; usual: NanoUsd };

const QUARTER_HOUR_MS = 15 * 60_000;

/** How far back an agent's habits are looked for. */
export const HABIT_MS = 14 * 24 * 60 * 60_000;

/** Less than two dollars in half an hour alarms nobody, however little the agent spends otherwise. */
export const RUNAWAY_FLOOR: NanoUsd = 2_000_000_000n;

/** So many times what is much for the agent is no habit any more. */
const RUNAWAY_FACTOR = 4n;

/** Much for the agent is what 95 of 100 of its half hours with any spending stay below or at. */
const HABIT_PERCENT = 95;

/** With fewer half hours of spending than these (some four hours of work), nobody knows what is usual. */
const HALF_HOURS_MIN = 16;

/** The start of the quarter hour before the one that `atMs` lies in: the recent spending is that since then, 15 to 30 minutes. */
export function recentSinceMs(atMs: number): number {
  return Math.floor(atMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS - QUARTER_HOUR_MS;
}

/**
 * Compares what an agent spent in the current and the last quarter hour with its own half hours of the 14 days before
 * (every two quarter hours in a row in which it spent anything). Null: nothing unusual, too little to matter, or too short a history.
 * `quarterHours` in any order; those without spending may be left out. Pure.
 */
export function findRunaway(quarterHours: readonly QuarterHour[], atMs: number): Runaway | null {
  const sinceMs = recentSinceMs(atMs);
  const costAt = new Map<number, NanoUsd>();
  let spent = 0n;
  for (const { startMs, cost } of quarterHours) {
    if (cost <= 0n || startMs > atMs || startMs < sinceMs - HABIT_MS) continue;
    if (startMs >= sinceMs) spent += cost;
    else costAt.set(startMs, (costAt.get(startMs) ?? 0n) + cost);
  }
  const usual = usualHalfHour(costAt, sinceMs);
  if (usual === null || spent < RUNAWAY_FLOOR || spent < usual * RUNAWAY_FACTOR) return null;
  return { sinceMs, spent, usual };
}

function usualHalfHour(costAt: ReadonlyMap<number, NanoUsd>, sinceMs: number): NanoUsd | null {
  const starts = new Set<number>();
  for (const startMs of costAt.keys()) starts.add(startMs - QUARTER_HOUR_MS).add(startMs);
  // The pair that reaches into the recent time is no habit.
  starts.delete(sinceMs - QUARTER_HOUR_MS);
  if (starts.size < HALF_HOURS_MIN) return null;
  const sums = [...starts]
    .map((startMs) => (costAt.get(startMs) ?? 0n) + (costAt.get(startMs + QUARTER_HOUR_MS) ?? 0n))
    .toSorted((a, b) => (a < b ? -1 : 1));
  return sums[Math.ceil((sums.length * HABIT_PERCENT) / 100) - 1] ?? null;
}
