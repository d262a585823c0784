"use client";

import { BarChart } from "@tremor/react";

import { formatUsd } from "#domain/money.ts";
import { axisMaximum } from "#portal/ui/charts/axis-maximum.ts";
import { SERIES_COLOURS } from "#portal/ui/charts/series-colours.ts";

/** `usd` decides heights, by series; the texts are what people read. */
export type StackedBar = { label: string; isRunning: boolean; usd: number[]; costs: string[]; total: string };

const NANO_PER_USD = 1e9;

type StackedDayBarsProps = { series: readonly string[]; bars: readonly StackedBar[] };

/** Draws a bar for each day, in parts. Decides nothing: labels, order and amounts come prepared. */
export default function StackedDayBars({ series, bars }: StackedDayBarsProps) {
  const rows = bars.map((bar) => ({ ...bar, ...Object.fromEntries(series.map((name, at) => [name, bar.usd[at]])) }));
  const totals = bars.map(({ usd }) => usd.reduce((sum, part) => sum + part, 0));
  return (
    <BarChart
      className="h-64"
      data={rows}
      index="label"
      categories={[...series]}
      colors={series.map((_, at) => SERIES_COLOURS[at % SERIES_COLOURS.length] ?? "gray")}
      stack
      showLegend={false}
      showAnimation={false}
      maxValue={axisMaximum(Math.max(0, ...totals))}
      yAxisWidth={68}
      barCategoryGap={bars.length > 10 ? "14%" : "26%"}
      padding={{ left: 4, right: 4 }}
      valueFormatter={(usd) => formatUsd(BigInt(Math.round(usd * NANO_PER_USD)))}
      customTooltip={({ active, payload }) => (
        <BarTooltip isShown={active === true} series={series} row={payload?.[0]?.payload} />
      )}
    />
  );
}

/** `row` is the bar as it was handed to the chart, which types it as unknown. */
function BarTooltip({ isShown, series, row }: { isShown: boolean; series: readonly string[]; row: unknown }) {
  if (!isShown || !isStackedBar(row)) return null;
  const parts = series.map((name, at) => ({ name, usd: row.usd[at] ?? 0, cost: row.costs[at] ?? "" }));
  return (
    <div className="max-w-80 rounded-md border bg-surface px-3 py-2 text-xs shadow-float">
      <p className="text-ink-muted">
        {row.label} (UTC){row.isRunning ? ", so far" : ""}
      </p>
      <p className="mt-0.5 text-sm font-semibold">{row.total}</p>
      <ul>
        {parts
          .filter(({ usd }) => usd > 0)
          .map(({ name, cost }) => (
            <li key={name} className="flex justify-between gap-4">
              <span className="truncate text-ink-muted">{name}</span>
              <span>{cost}</span>
            </li>
          ))}
      </ul>
    </div>
  );
}

function isStackedBar(row: unknown): row is StackedBar {
  return typeof row === "object" && row !== null && "label" in row && "costs" in row;
}
