"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";

import type { CallQuery } from "#domain/call-query.ts";
import type { CallDurations } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { DurationChart } from "#portal/ui/requests/duration-chart.tsx";

const EVERY_MS = 60_000;

/** How long calls took over time: of one agent where it is chosen, else of all. */
export function DurationsPanel({ query: { span, filter } }: { query: CallQuery }) {
  const trpc = useTRPC();
  const viewer = useViewer();
  const query = useQuery(
    trpc.requests.durations.queryOptions(
      { span, of: filter.agentName },
      { placeholderData: keepPreviousData, refetchInterval: EVERY_MS },
    ),
  );
  const everybody = viewer.role === "admin" ? "all agents" : "your agents";
  return (
    <Panel
      title="How long calls took"
      note={`Completed calls of ${filter.agentName ?? everybody}, whatever else is filtered. Never shown too short, and at most a quarter too long.`}
    >
      {query.data === undefined ? <NoDurationsYet query={query} /> : <Durations report={query.data} />}
    </Panel>
  );
}

type DurationsQuery = { error: unknown; isFetching: boolean; refetch: () => unknown };

function NoDurationsYet({ query }: { query: DurationsQuery }) {
  if (query.error === null) return <Skeleton className="h-52 w-full" />;
  return (
    <FailedState
      what="How long calls took could not be loaded."
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}

function Durations({ report }: { report: CallDurations }) {
  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-4 lg:grid-cols-2">
      <DurationChart title="Latency, to the end of the answer" report={report} metric="latency" />
      <DurationChart title="Time to first byte" report={report} metric="first_byte" />
    </div>
  );
}
