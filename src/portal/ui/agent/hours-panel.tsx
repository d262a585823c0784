"use client";

import { useQuery } from "@tanstack/react-query";

import { useTRPC } from "#portal/client/trpc.ts";
import { prepareHeatMap } from "#portal/ui/agent/prepare-hours.ts";
import { HourHeatMap, HourTable } from "#portal/ui/charts/hour-heat-map.tsx";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

type HoursPanelProps = { agentName: string; days: 7 | 30; everyMs: number };

/** At which hours of the week the agent spends, by the viewer's clocks. */
export function HoursPanel({ agentName, days, everyMs }: HoursPanelProps) {
  const trpc = useTRPC();
  const timeZone = useTimeZone();
  const query = useQuery(trpc.costs.byHour.queryOptions({ agentName, days, timeZone }, { refetchInterval: everyMs }));
  return (
    <Panel title="Cost by hour of the week" note={`Last ${days} UTC days, hours in ${timeZone}`}>
      <WhenLoaded query={query} what="The cost by hour" skeleton={<Skeleton className="h-60 w-full" />}>
        {({ hours }) => <Hours hours={hours} />}
      </WhenLoaded>
    </Panel>
  );
}

function Hours({ hours }: { hours: Parameters<typeof prepareHeatMap>[0] }) {
  const { days, dearest, summary } = prepareHeatMap(hours);
  return (
    <>
      <HourHeatMap caption="Cost by hour of the day and day of the week" days={days} />
      <p className="mt-2 text-sm text-ink-muted">{summary} The larger and darker a square, the more it cost.</p>
      {dearest.length === 0 ? null : (
        <details className="mt-1 text-sm">
          <summary className="w-fit cursor-pointer rounded-sm py-1 text-accent">All hours in figures</summary>
          <div className="-mx-4 max-h-80 overflow-y-auto">
            <HourTable caption="Cost by hour of the week, dearest first" hours={dearest} />
          </div>
        </details>
      )}
    </>
  );
}
