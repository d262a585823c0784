"use client";

import { useState } from "react";

import type { FleetOverview } from "#portal/client/answers.ts";
import { StackedDayChart } from "#portal/ui/charts/stacked-day-chart.tsx";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { prepareStackedDays } from "#portal/ui/overview/prepare-overview.ts";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";

const PARTS = [
  { value: "agents", label: "By agent" },
  { value: "models", label: "By model" },
] as const;

/** Cost by day, in the parts that matter most. */
export function DayCostsPanel({ overview }: { overview: FleetOverview }) {
  const [parts, setParts] = useState<"agents" | "models">("agents");
  const { series, days, summary } = prepareStackedDays(overview.byDay[parts], useNow());
  return (
    <Panel
      title="Cost by day"
      note={`The last ${overview.days} UTC days; the last bar is today, so far.`}
      actions={<SwitchGroup label="Parts of each day" options={PARTS} value={parts} onChange={setParts} />}
      className="xl:col-span-2"
    >
      <StackedDayChart
        caption={parts === "agents" ? "Cost by day and agent" : "Cost by day and model"}
        series={series}
        bars={days}
        summary={summary}
      />
    </Panel>
  );
}
