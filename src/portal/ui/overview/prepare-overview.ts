import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { countOf, formatCount, formatShare, shareOf } from "#portal/ui/format/counts.ts";
import { utcDay } from "#portal/ui/format/instants.ts";

type Compared = { listCost: NanoUsd; before: NanoUsd | null };

/** `direction` decides the mark beside the text: more spend is no good or bad news by itself. */
export type Change = { text: string; direction: "up" | "down" | "same" | "unknown" };

const MANY_TIMES = 10;

/** The change against the span before, which is called `against`: in percent, or in words where a percentage says nothing. */
export function prepareChange({ listCost, before }: Compared, against: string): Change {
  if (before === null) return { text: "nothing recorded that far back", direction: "unknown" };
  if (before === listCost) return { text: `as much as ${against}`, direction: "same" };
  if (before === 0n) return { text: `nothing ${against}`, direction: "up" };
  const times = Number(listCost) / Number(before);
  if (times >= MANY_TIMES) return { text: `${Math.round(times)} times as much as ${against}`, direction: "up" };
  const isUp = listCost > before;
  const percent = Math.abs(times - 1) * 100;
  const share = percent < 1 ? "under 1 %" : `${Math.round(percent)} %`;
  return { text: `${share} ${isUp ? "more" : "less"} than ${against}`, direction: isUp ? "up" : "down" };
}

type DayCosts = { dayStart: Date; parts: readonly { key: string; listCost: NanoUsd }[]; others: NanoUsd };

/** A day as the chart draws it: `usd` by series for the heights, texts for people. */
export type StackedDay = { label: string; isRunning: boolean; usd: number[]; costs: string[]; total: string };
export type StackedDays = { series: string[]; days: StackedDay[]; summary: string };

const NANO_PER_USD = 1e9;
const DAY_MS = 86_400_000;
const OTHERS = "All others";

/** Days in their order, each with a value for each series; "All others" only where there are some. */
export function prepareStackedDays(days: readonly DayCosts[], now: Date): StackedDays {
  const keys = days[0]?.parts.map(({ key }) => key) ?? [];
  const hasOthers = days.some(({ others }) => others > 0n);
  const series = hasOthers ? [...keys, OTHERS] : keys;
  const total = days.reduce((sum, day) => sum + totalOf(day), 0n);
  return {
    series,
    days: days.map((day) => {
      const amounts = [...day.parts.map(({ listCost }) => listCost), ...(hasOthers ? [day.others] : [])];
      return {
        label: utcDay(day.dayStart),
        isRunning: now.getTime() < day.dayStart.getTime() + DAY_MS,
        usd: amounts.map((amount) => Number(amount) / NANO_PER_USD),
        costs: amounts.map((amount) => formatUsd(amount)),
        total: formatUsd(totalOf(day)),
      };
    }),
    summary: total === 0n ? `No cost in ${days.length} days.` : `${formatUsd(total)} in ${days.length} days.`,
  };
}

function totalOf({ parts, others }: DayCosts): NanoUsd {
  return parts.reduce((sum, { listCost }) => sum + listCost, others);
}

type Spender = { name: string; listCost: NanoUsd; requests: number; note?: string; href?: string };
export type SpenderRow = {
  name: string;
  note: string | null;
  href: string | null;
  calls: string;
  cost: string;
  share: number;
  percent: string;
};

/** Each with its share of `total`, in the order given. */
export function prepareSpenders(spenders: readonly Spender[], total: NanoUsd): SpenderRow[] {
  return spenders.map(({ name, listCost, requests, note, href }) => ({
    name,
    note: note ?? null,
    href: href ?? null,
    calls: formatCount(requests),
    cost: formatUsd(listCost),
    share: shareOf(listCost, total),
    percent: formatShare(listCost, total),
  }));
}

type Sums = { requests: number; failedRequests: number; refusedRequests: number };

/** Calls that went wrong, with their share of all: "12 (0.4 %)". */
export function prepareTrouble({ requests, failedRequests, refusedRequests }: Sums) {
  const of = (count: number) => (count === 0 ? "0" : `${formatCount(count)} (${formatShare(count, requests)})`);
  return { failed: of(failedRequests), refused: of(refusedRequests) };
}

type Caching = { saved: NanoUsd | null; hitShare: number | null; unknownModels: readonly string[] };

/** What caching did; null: it is not known. */
export function prepareCaching({ saved, hitShare, unknownModels }: Caching) {
  return {
    saved: saved === null ? null : formatUsd(saved < 0n ? -saved : saved),
    isLoss: saved !== null && saved < 0n,
    hits: hitShare === null ? null : `${(hitShare * 100).toFixed(hitShare < 0.1 ? 1 : 0)} %`,
    note:
      unknownModels.length === 0 ? null : `Without ${countOf(unknownModels.length, "model")} whose price is not known.`,
  };
}
