"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import type { CostDays } from "#portal/ui/agent/agent-tabs.ts";
import { prepareInsights } from "#portal/ui/insights/prepare-insights.ts";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

type Found = RouterOutputs["insights"]["fleet"];

/** What is worth knowing of all agents that the person sees. */
export function FleetInsights({ days }: { days: CostDays }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.insights.fleet.queryOptions({ days }));
  return <InsightsPanel query={query} agentName={null} days={days} />;
}

/** What is worth knowing of one agent. */
export function AgentInsights({ agentName, days }: { agentName: string; days: CostDays }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.insights.agent.queryOptions({ agentName, days }));
  return <InsightsPanel query={query} agentName={agentName} days={days} />;
}

type InsightsPanelProps = {
  query: { data: Found | undefined; error: unknown; isFetching: boolean; refetch: () => unknown };
  agentName: string | null;
  days: CostDays;
};

function InsightsPanel({ query, agentName, days }: InsightsPanelProps) {
  return (
    <Panel title="Worth knowing" note={`Last ${days} days`} className="xl:col-span-2">
      <WhenLoaded query={query} what="What is worth knowing" skeleton={<InsightsSkeleton />}>
        {(found) => <Sentences found={found} agentName={agentName} />}
      </WhenLoaded>
    </Panel>
  );
}

function Sentences({ found, agentName }: { found: Found; agentName: string | null }) {
  const lines = prepareInsights(found, agentName);
  if (lines.length === 0) return <p className="text-sm text-ink-muted">Nothing stands out in this span.</p>;
  return (
    <ul className="grid gap-x-8 gap-y-2.5 lg:grid-cols-2">
      {lines.map(({ key, figure, text, href, linkText }) => (
        <li key={key} className="text-sm">
          <strong className="font-semibold">{figure}</strong> {text}{" "}
          <Link href={href} className="link whitespace-nowrap">
            {linkText}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function InsightsSkeleton() {
  return (
    <div role="status" aria-label="Loading what is worth knowing">
      <Skeleton className="h-12 w-full" />
    </div>
  );
}
