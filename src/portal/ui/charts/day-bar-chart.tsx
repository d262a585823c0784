"use client";

import dynamic from "next/dynamic";

import type { DayBar } from "#portal/ui/charts/day-bars.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";

/** The chart library is large and needs a browser: it comes after the page. */
const DayBars = dynamic(() => import("#portal/ui/charts/day-bars.tsx"), {
  ssr: false,
  loading: () => <Skeleton className="h-64 w-full" />,
});

type DayBarChartProps = { caption: string; bars: readonly DayBar[]; summary: string };

/** Bars by day for those who see them, and the same as a table for those who do not. */
export function DayBarChart({ caption, bars, summary }: DayBarChartProps) {
  return (
    <figure>
      <figcaption className="sr-only">{summary}</figcaption>
      <div aria-hidden className="h-64">
        <DayBars bars={bars} />
      </div>
      {/* A table does not shrink to what clips it; its wrapper does. */}
      <div className="sr-only">
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              <th scope="col">Cost</th>
              <th scope="col">Calls</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ label, cost, calls, isRunning }) => (
              <tr key={label}>
                <th scope="row">{isRunning ? `${label}, so far` : label}</th>
                <td>{cost}</td>
                <td>{calls}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
