"use client";

import { useQuery } from "@tanstack/react-query";
import { Activity, Download, Plus, Search, SearchX } from "lucide-react";
import { useState } from "react";
import type { AgentRow } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { ContainersPanel } from "#portal/ui/adoption/containers-panel.tsx";
import { AgentsTable } from "#portal/ui/agents/agents-table.tsx";
import { FleetFigures, FleetFiguresSkeleton } from "#portal/ui/agents/fleet-figures.tsx";
import { NewAgentDialog } from "#portal/ui/agents/new-agent-dialog.tsx";
import { matchesSearch } from "#portal/ui/agents/prepare-agents.ts";
import { FreshnessNotice } from "#portal/ui/gateway/freshness-notice.tsx";
import { Button, buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

const EVERY_MS = 60_000;

/** All agents that this person may see: what they cost, how close to their limits they are, who is quiet. */
export function AgentsPage() {
  const trpc = useTRPC();
  const { role } = useViewer();
  const [isCreating, setCreating] = useState(false);
  const query = useQuery(trpc.agents.list.queryOptions(undefined, { refetchInterval: EVERY_MS }));
  const agents = query.data?.agents;
  const create = role === "admin" ? () => setCreating(true) : null;

  return (
    <>
      <PageHeading
        title="Agents"
        note="Days and months are UTC."
        actions={
          agents?.length === 0 ? null : (
            <>
              <a href="/api/agents-export" download className={buttonClassNames()}>
                <Download aria-hidden />
                Export CSV
              </a>
              {create === null ? null : (
                <Button look="primary" onClick={create}>
                  <Plus aria-hidden />
                  New agent
                </Button>
              )}
            </>
          )
        }
      />
      <FreshnessNotice />
      {agents === undefined && query.error !== null ? (
        <FailedState
          what="The agents could not be loaded."
          reason={failureText(query.error) ?? ""}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : (
        <AgentsOverview agents={agents} onCreate={create} />
      )}
      {create === null ? null : <ContainersPanel />}
      {create === null ? null : <NewAgentDialog isOpen={isCreating} onClose={() => setCreating(false)} />}
    </>
  );
}

/** The page's places while it is loading. */
export function AgentsLoading() {
  return (
    <>
      <PageHeading title="Agents" note="Days and months are UTC." />
      <AgentsOverview agents={undefined} onCreate={null} />
    </>
  );
}

/** The list with its figures; `agents` undefined while they are loading. */
function AgentsOverview({ agents, onCreate }: { agents: AgentRow[] | undefined; onCreate: (() => void) | null }) {
  if (agents?.length === 0) return <NoAgents onCreate={onCreate} />;
  return (
    <div className="grid gap-4">
      {agents === undefined ? <FleetFiguresSkeleton /> : <FleetFigures agents={agents} />}
      <div className="rounded-lg border bg-surface">
        {agents === undefined ? <LoadingList /> : <SearchableList agents={agents} />}
      </div>
    </div>
  );
}

function LoadingList() {
  return (
    <>
      <div className="h-13 border-b" />
      <SkeletonRows rows={6} label="Loading the agents" className="h-13" />
    </>
  );
}

function SearchableList({ agents }: { agents: AgentRow[] }) {
  const [search, setSearch] = useState("");
  const found = agents.filter((agent) => matchesSearch(agent, search));
  return (
    <>
      <div className="flex h-13 items-center gap-2 border-b px-3 max-md:h-14">
        <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
        <input
          type="search"
          aria-label="Search agents by name, owner, type or template"
          placeholder="Search by name, owner, type or template"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-8 min-w-0 flex-1 rounded-sm bg-transparent text-base placeholder:text-ink-faint max-md:h-10 max-md:text-lg"
        />
        <p aria-live="polite" className="text-xs whitespace-nowrap text-ink-muted">
          {search === "" ? agents.length : `${found.length} of ${agents.length}`}
        </p>
      </div>
      {found.length > 0 ? (
        <AgentsTable agents={found} />
      ) : (
        <EmptyState
          icon={SearchX}
          title="No agent matches"
          action={<Button onClick={() => setSearch("")}>Clear the search</Button>}
        >
          Nothing has “{search}” in its name, owner, type or template.
        </EmptyState>
      )}
    </>
  );
}

function NoAgents({ onCreate }: { onCreate: (() => void) | null }) {
  return (
    <div className="rounded-lg border bg-surface">
      {onCreate === null ? (
        <EmptyState icon={Activity} title="No agent is yours yet">
          An admin creates agents and makes you their owner. As soon as one is yours, its costs are here.
        </EmptyState>
      ) : (
        <EmptyState
          icon={Activity}
          title="Create the first agent"
          action={
            <Button look="primary" onClick={onCreate}>
              <Plus aria-hidden />
              New agent
            </Button>
          }
        >
          <p>
            Give it a name, then paste a few lines into the environment of Claude Code. Its first call shows up here
            within a second, with what it cost.
          </p>
        </EmptyState>
      )}
    </div>
  );
}
