"use client";

import { BarChart } from "@tremor/react";

import { formatUsd } from "#domain/money.ts";
import { axisMaximum } from "#portal/ui/charts/axis-maximum.ts";

/** A bar: `usd` only decides its height, the texts are what people read. */
export type DayBar = { label: string; usd: number | null; isRunning: boolean; cost: string; calls: string };

const DONE = "Cost";
const RUNNING = "Today so far";
const NANO_PER_USD = 1e9;

type DayBarsProps = { bars: readonly DayBar[] };

/** Draws one bar per day, the running day lighter. Decides nothing: labels, gaps and order come prepared. */
export default function DayBars({ bars }: DayBarsProps) {
  const rows = bars.map((bar) => ({ ...bar, [bar.isRunning ? RUNNING : DONE]: bar.usd }));
  return (
    <BarChart
      className="h-64"
      data={rows}
      index="label"
      categories={[DONE, RUNNING]}
      colors={["brand", "cyan"]}
      stack
      showLegend={false}
      showAnimation={false}
      maxValue={axisMaximum(Math.max(...bars.map(({ usd }) => usd ?? 0)))}
      yAxisWidth={68}
      barCategoryGap={bars.length > 10 ? "14%" : "26%"}
      padding={{ left: 4, right: 4 }}
      valueFormatter={(usd) => formatUsd(BigInt(Math.round(usd * NANO_PER_USD)))}
      customTooltip={({ active, payload }) => <BarTooltip isShown={active === true} row={payload?.[0]?.payload} />}
    />
  );
}

/** `row` is the bar as it was handed to the chart, which types it as unknown. */
function BarTooltip({ isShown, row }: { isShown: boolean; row: unknown }) {
  if (!isShown || !isDayBar(row)) return null;
  return (
    <div className="rounded-md border bg-surface px-3 py-2 text-xs shadow-float">
      <p className="text-ink-muted">
        {row.label} (UTC){row.isRunning ? ", so far" : ""}
      </p>
      <p className="mt-0.5 text-sm font-semibold">{row.cost}</p>
      <p className="text-ink-muted">{row.calls}</p>
    </div>
  );
}

function isDayBar(row: unknown): row is DayBar {
  return typeof row === "object" && row !== null && "label" in row && "cost" in row;
}
