import type { NanoUsd } from "#domain/money.ts";
import type { RecordedSpend } from "#ledger/recorded-spend.ts";

/** What every agent spent lately, in memory: as fine as the days and months of any time zone need it. */
export type SpendHistory = {
  add(agentId: number, cost: NanoUsd, atMs: number): void;
  /** What these agents (null: all) spent in [startMs, endMs): the start of a day or month in some zone, and any later instant. */
  between(agentIds: Iterable<number> | null, startMs: number, endMs: number): NanoUsd;
  /** Forgets what no current day or month contains. */
  prune(nowMs: number): void;
};

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const QUARTERS = DAY_MS / QUARTER_MS;
/** The longest month, and as much as zones are apart. */
const DAYS_KEPT = 33;
/** In no zone did the current day begin longer ago. */
const RECENT_DAYS = 3;

type Day = { total: NanoUsd; quarters: BigInt64Array | null };
type Days = Map<number, Day>;

/** The UTC days of which the quarter hours matter at an instant: recent ones, and those around the first of a month. */
export function finelyKeptDays(nowMs: number): number[] {
  const today = Math.floor(nowMs / DAY_MS);
  const days = Array.from({ length: DAYS_KEPT + 1 }, (_, ago) => today - ago);
  return days.filter((day) => isFine(day, today)).map((day) => day * DAY_MS);
}

/** The first instant that histories go back to. */
export function historyStartMs(nowMs: number): number {
  return (Math.floor(nowMs / DAY_MS) - DAYS_KEPT) * DAY_MS;
}

export function createSpendHistory(recorded: readonly RecordedSpend[], nowMs: number): SpendHistory {
  const agents = new Map<number, Days>();
  let today = Math.floor(nowMs / DAY_MS);

  const dayOf = (agentId: number, day: number): Day => {
    const days = agents.get(agentId) ?? new Map<number, Day>();
    agents.set(agentId, days);
    const isNeeded = day > today || isFine(day, today);
    const kept = days.get(day) ?? { total: 0n, quarters: isNeeded ? new BigInt64Array(QUARTERS) : null };
    days.set(day, kept);
    return kept;
  };

  const add = (agentId: number, cost: NanoUsd, atMs: number) => {
    const number = Math.floor(atMs / DAY_MS);
    if (number < today - DAYS_KEPT) return;
    const day = dayOf(agentId, number);
    day.total += cost;
    if (day.quarters === null) return;
    const quarter = Math.floor((atMs - number * DAY_MS) / QUARTER_MS);
    day.quarters[quarter] = (day.quarters[quarter] ?? 0n) + cost;
  };

  for (const { agentId, startMs, grain, cost } of recorded) {
    if (grain === "quarter") add(agentId, cost, startMs);
    else dayOf(agentId, Math.floor(startMs / DAY_MS)).total += cost;
  }

  return {
    add,
    between(agentIds, startMs, endMs) {
      let sum = 0n;
      for (const agentId of agentIds ?? agents.keys()) {
        for (const [day, kept] of agents.get(agentId) ?? [])
          sum += overlap(kept, startMs - day * DAY_MS, endMs - day * DAY_MS);
      }
      return sum;
    },
    prune(atMs) {
      today = Math.floor(atMs / DAY_MS);
      for (const [agentId, days] of agents) {
        pruneDays(days, today);
        if (days.size === 0) agents.delete(agentId);
      }
    },
  };
}

function pruneDays(days: Days, today: number): void {
  for (const [day, kept] of days) {
    if (day < today - DAYS_KEPT) days.delete(day);
    else if (day <= today && !isFine(day, today)) kept.quarters = null;
  }
}

/** What of a day lies in a span, both ends counted from the day's beginning. */
function overlap({ total, quarters }: Day, fromMs: number, toMs: number): NanoUsd {
  if (toMs <= 0 || fromMs >= DAY_MS) return 0n;
  if (fromMs <= 0 && toMs >= DAY_MS) return total;
  if (quarters === null) return total;
  const [first, end] = [Math.max(0, Math.floor(fromMs / QUARTER_MS)), Math.min(QUARTERS, Math.ceil(toMs / QUARTER_MS))];
  return quarters.subarray(first, end).reduce((sum, cost) => sum + cost, 0n);
}

function isFine(day: number, today: number): boolean {
  if (day >= today - RECENT_DAYS) return true;
  const isFirst = new Date(day * DAY_MS).getUTCDate() === 1;
  return isFirst || new Date((day + 1) * DAY_MS).getUTCDate() === 1;
}
