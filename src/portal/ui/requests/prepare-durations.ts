import type { DurationMetric } from "#domain/duration-bins.ts";
import type { CallDurations } from "#portal/client/answers.ts";

export const SHARES = ["p50", "p90", "p99"] as const;
export type Share = (typeof SHARES)[number];

/** A curve: parts without a gap, as points with `x` and `y` from 0 to 1; `y` 1 is the top. */
export type Curve = { share: Share; parts: { x: number; y: number }[][] };
export type DurationsView = {
  curves: Curve[];
  /** Lines of the axis that durations are read from. */
  ticks: { y: number; label: string }[];
  isEmpty: boolean;
};

/** The axis is logarithmic: else the slowest hundredth would press everything else to the ground. */
const TICKS: readonly { ms: number; label: string }[] = [
  { ms: 10, label: "10 ms" },
  { ms: 100, label: "100 ms" },
  { ms: 1_000, label: "1 s" },
  { ms: 10_000, label: "10 s" },
  { ms: 60_000, label: "1 min" },
  { ms: 600_000, label: "10 min" },
];

/** Where the curves of one metric run. A step without calls is a gap, not a zero. */
export function prepareDurations({ steps }: Pick<CallDurations, "steps">, metric: DurationMetric): DurationsView {
  const known = steps.flatMap((step) => SHARES.flatMap((share) => step[metric][share] ?? []));
  if (known.length === 0) return { curves: [], ticks: [], isEmpty: true };
  const [low, high] = [boundBelow(Math.min(...known)), boundAbove(Math.max(...known))];
  const heightOf = (ms: number) => Math.log(Math.max(ms, low) / low) / Math.log(high / low);
  const placeOf = (index: number) => (steps.length === 1 ? 0.5 : index / (steps.length - 1));
  const curves = SHARES.map((share) => {
    const parts: Curve["parts"] = [];
    steps.forEach((step, index) => {
      const ms = step[metric][share];
      const isAfterGap = index === 0 || steps[index - 1]?.[metric][share] === null;
      if (ms === null) return;
      const point = { x: placeOf(index), y: heightOf(ms) };
      if (isAfterGap) parts.push([point]);
      else parts.at(-1)?.push(point);
    });
    return { share, parts };
  });
  const ticks = TICKS.filter(({ ms }) => ms >= low && ms <= high).map(({ ms, label }) => ({ y: heightOf(ms), label }));
  return { curves, ticks, isEmpty: false };
}

function boundBelow(ms: number): number {
  return TICKS.findLast((tick) => tick.ms <= ms)?.ms ?? 1;
}

function boundAbove(ms: number): number {
  return TICKS.find((tick) => tick.ms > ms)?.ms ?? ms * 2;
}
