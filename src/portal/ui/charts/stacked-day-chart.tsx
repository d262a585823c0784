"use client";

import dynamic from "next/dynamic";

import { seriesColour } from "#portal/ui/charts/series-colours.ts";
import type { StackedBar } from "#portal/ui/charts/stacked-day-bars.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";

/** The chart library is large and needs a browser: it comes after the page. */
const StackedDayBars = dynamic(() => import("#portal/ui/charts/stacked-day-bars.tsx"), {
  ssr: false,
  loading: () => <Skeleton className="h-64 w-full" />,
});

type StackedDayChartProps = {
  caption: string;
  series: readonly string[];
  bars: readonly StackedBar[];
  summary: string;
};

/** Bars by day, in parts, for those who see them, and the same as a table for those who do not. */
export function StackedDayChart({ caption, series, bars, summary }: StackedDayChartProps) {
  return (
    <figure>
      <figcaption className="sr-only">{summary}</figcaption>
      <ul aria-hidden className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-muted">
        {series.map((name, at) => (
          <li key={name} className="flex min-w-0 items-center gap-1.5">
            <span className="size-2.5 shrink-0 rounded-sm" style={{ background: seriesColour(at) }} />
            <span className="truncate">{name}</span>
          </li>
        ))}
      </ul>
      <div aria-hidden className="h-64">
        <StackedDayBars series={series} bars={bars} />
      </div>
      {/* A table does not shrink to what clips it; its wrapper does. */}
      <div className="sr-only">
        <DayTable caption={caption} series={series} bars={bars} />
      </div>
    </figure>
  );
}

function DayTable({ caption, series, bars }: Omit<StackedDayChartProps, "summary">) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Day (UTC)</th>
          <th scope="col">All</th>
          {series.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bars.map(({ label, isRunning, total, costs }) => (
          <tr key={label}>
            <th scope="row">{isRunning ? `${label}, so far` : label}</th>
            <td>{total}</td>
            {series.map((name, at) => (
              <td key={name}>{costs[at]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
