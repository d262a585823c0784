"use client";

import { useQuery } from "@tanstack/react-query";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { AgentBudgetsPanel } from "#portal/ui/budgets/agent-budgets-panel.tsx";
import { AskedForPanel } from "#portal/ui/budgets/asked-for-panel.tsx";
import { DefaultPanel } from "#portal/ui/budgets/default-panel.tsx";
import { FleetPanel } from "#portal/ui/budgets/fleet-panel.tsx";
import { PoolsPanel } from "#portal/ui/budgets/pools-panel.tsx";
import { FreshnessNotice } from "#portal/ui/gateway/freshness-notice.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

const EVERY_MS = 60_000;
const NOTE = "Whichever limit is used up first decides: the agent's own, its pool's, or the fleet's.";

/** The limits of everybody: the fleet, the default, pools and agents. For admins. */
export function BudgetsPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.budgets.overview.queryOptions(undefined, { refetchInterval: EVERY_MS }));
  return (
    <>
      <PageHeading title="Budgets" note={NOTE} />
      <FreshnessNotice />
      {query.data === undefined && query.error !== null ? (
        <FailedState
          what="The budgets could not be loaded."
          reason={failureText(query.error) ?? ""}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : (
        <Overview overview={query.data} />
      )}
    </>
  );
}

/** The page's places while it is loading. */
export function BudgetsLoading() {
  return (
    <>
      <PageHeading title="Budgets" note={NOTE} />
      <Overview overview={undefined} />
    </>
  );
}

function Overview({ overview }: { overview: BudgetOverview | undefined }) {
  if (overview === undefined) {
    return (
      <div className="grid gap-4">
        <div className="grid gap-4 lg:grid-cols-2">
          <Panel title="The whole fleet">
            <SkeletonRows rows={2} label="Loading the fleet's budget" />
          </Panel>
          <Panel title="The default">
            <SkeletonRows rows={2} label="Loading the default limits" />
          </Panel>
        </div>
        <Panel title="Agents" isFlush>
          <SkeletonRows rows={6} label="Loading the budgets of agents" className="h-13" />
        </Panel>
      </div>
    );
  }
  return (
    <div className="grid gap-4">
      {overview.requests.length === 0 ? null : <AskedForPanel requests={overview.requests} />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <FleetPanel fleet={overview.fleet} />
        <DefaultPanel defaults={overview.defaults} />
      </div>
      <PoolsPanel pools={overview.pools} agents={overview.agents} />
      <AgentBudgetsPanel agents={overview.agents} pools={overview.pools} />
    </div>
  );
}
