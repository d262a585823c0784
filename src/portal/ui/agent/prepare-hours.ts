import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { countOf } from "#portal/ui/format/counts.ts";

type HourSums = { weekday: number; hour: number; listCost: NanoUsd; requests: number };

/** One hour of the week. `level` 0 to 4 decides how large and how dark its square is; the text is what people read. */
export type HourCell = { hour: number; level: number; text: string };
export type HeatMap = {
  days: { name: string; cells: HourCell[] }[];
  /** The hours with a cost, the dearest first. */
  dearest: { key: string; name: string; cost: string; calls: string }[];
  summary: string;
};

export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const LEVELS = 4;

/** A week by its hours. The square of the dearest hour is full; an hour without a cost has none. */
export function prepareHeatMap(hours: readonly HourSums[]): HeatMap {
  const known = new Map(hours.map((sums) => [keyOf(sums), sums]));
  const sorted = hours.filter(({ listCost }) => listCost > 0n).toSorted((a, b) => Number(b.listCost - a.listCost));
  const most = sorted[0]?.listCost ?? 0n;
  const dearest = sorted.map((sums) => ({
    key: keyOf(sums),
    name: nameOf(sums),
    cost: formatUsd(sums.listCost),
    calls: countOf(sums.requests, "call"),
  }));
  const [first] = dearest;
  return {
    days: WEEKDAYS.map((name, day) => ({
      name,
      cells: Array.from({ length: 24 }, (_, hour) => {
        const sums = known.get(keyOf({ weekday: day + 1, hour }));
        if (sums === undefined) return { hour, level: 0, text: "no calls" };
        const text = `${formatUsd(sums.listCost)}, ${countOf(sums.requests, "call")}`;
        return { hour, level: levelOf(sums.listCost, most), text };
      }),
    })),
    dearest,
    summary:
      first === undefined
        ? "No cost in this span."
        : `The dearest hour of the week: ${first.name}, ${first.cost} in all.`,
  };
}

function levelOf(cost: NanoUsd, most: NanoUsd): number {
  return cost === 0n ? 0 : Math.max(1, Math.ceil((Number(cost) / Number(most)) * LEVELS));
}

function keyOf({ weekday, hour }: { weekday: number; hour: number }): string {
  return `${weekday} ${hour}`;
}

function nameOf({ weekday, hour }: { weekday: number; hour: number }): string {
  const clock = (at: number) => `${String(at % 24).padStart(2, "0")}:00`;
  return `${WEEKDAYS[weekday - 1] ?? ""} ${clock(hour)} to ${clock(hour + 1)}`;
}
