"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";

import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { COST_DAYS, type CostDays, daysOf, withPart } from "#portal/ui/agent/agent-tabs.ts";
import { ExportMenu } from "#portal/ui/export/export-menu.tsx";
import { FreshnessNotice } from "#portal/ui/gateway/freshness-notice.tsx";
import { FleetInsights } from "#portal/ui/insights/insights-panel.tsx";
import { BudgetsPanel } from "#portal/ui/overview/budgets-panel.tsx";
import { DayCostsPanel } from "#portal/ui/overview/day-costs-panel.tsx";
import { EmptyOverview } from "#portal/ui/overview/empty-overview.tsx";
import { HealthPanel } from "#portal/ui/overview/health-panel.tsx";
import { LatestAlertsPanel } from "#portal/ui/overview/latest-alerts-panel.tsx";
import { OverviewFigures } from "#portal/ui/overview/overview-figures.tsx";
import { SpendersPanels } from "#portal/ui/overview/spenders-panels.tsx";
import { WorkingsPanel } from "#portal/ui/overview/workings-panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

/** Calls arrive live; this is for midnight, when a day begins without one. */
const EVERY_MS = 60_000;
const NOTE = "List prices, UTC days, today included.";
const SPANS = COST_DAYS.map((days) => ({ value: String(days), label: `${days} days` }));

/** What the agents that this person may see cost together, who spends it, and what is wrong. `hasDashboard`: Helicone is turned on. */
export function OverviewPage({ hasDashboard }: { hasDashboard: boolean }) {
  const trpc = useTRPC();
  const { role } = useViewer();
  const days = daysOf(useSearchParams());
  const query = useQuery(trpc.overview.get.queryOptions({ days }, { refetchInterval: EVERY_MS }));
  return (
    <>
      <PageHeading
        title={titleFor(role)}
        note={NOTE}
        actions={
          <>
            <ExportMenu search={{ days: String(days) }} />
            <SpanSwitch days={days} />
          </>
        }
      />
      <FreshnessNotice />
      <WhenLoaded query={query} what="The overview" skeleton={<OverviewSkeleton />}>
        {(overview) =>
          overview.spend.month.listCost === 0n && overview.spend.month.before === null && overview.agentCount === 0 ? (
            <EmptyOverview />
          ) : (
            <div className="grid gap-4 xl:grid-cols-2">
              <OverviewFigures overview={overview} />
              <FleetInsights days={days} />
              <DayCostsPanel overview={overview} />
              <SpendersPanels overview={overview} />
              <WorkingsPanel overview={overview} />
              <BudgetsPanel />
              {role === "admin" ? <HealthPanel hasDashboard={hasDashboard} /> : null}
              <LatestAlertsPanel />
            </div>
          )
        }
      </WhenLoaded>
    </>
  );
}

/** The page's places while it is loading. */
export function OverviewLoading() {
  const { role } = useViewer();
  return (
    <>
      <PageHeading title={titleFor(role)} note={NOTE} />
      <OverviewSkeleton />
    </>
  );
}

function titleFor(role: "admin" | "owner"): string {
  return role === "admin" ? "Overview of the fleet" : "Overview of your agents";
}

function SpanSwitch({ days }: { days: CostDays }) {
  const address = useSearchParams();
  const pathname = usePathname();
  const choose = (value: string) => {
    const next = withPart(address.toString(), { days: value === "30" ? 30 : 7 });
    window.history.replaceState(null, "", pathname + next);
  };
  return <SwitchGroup label="Span" options={SPANS} value={String(days)} onChange={choose} />;
}

function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading the overview" className="grid gap-4 xl:grid-cols-2">
      <Skeleton className="h-40 xl:col-span-2 xl:h-20" />
      <Skeleton className="h-96 xl:col-span-2" />
      <Skeleton className="h-72" />
      <Skeleton className="h-72" />
    </div>
  );
}
