"use client";

import { useViewer } from "#portal/client/viewer.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton, SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { SessionDrawer } from "#portal/ui/sessions/session-drawer.tsx";
import { SessionFilters } from "#portal/ui/sessions/session-filters.tsx";
import { SessionListPanel } from "#portal/ui/sessions/session-list-panel.tsx";
import { useSessionView } from "#portal/ui/sessions/use-session-view.ts";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

/** The sessions of Claude Code that the person may see. What is shown is in the address: sending the address sends the view. */
export function SessionsPage() {
  const viewer = useViewer();
  const view = useSessionView();
  return (
    <>
      <PageHeading
        title="Sessions"
        note={viewer.role === "admin" ? "Claude Code sessions of all agents." : "Claude Code sessions of your agents."}
      />
      <div className="grid grid-cols-1 gap-4">
        <SessionFilters view={view} hasAgents />
        <SessionListPanel view={view} hasAgents />
      </div>
      <SessionDrawer view={view} />
    </>
  );
}

/** The page's places while it is loading. */
export function SessionsLoading() {
  return (
    <>
      <PageHeading title="Sessions" note="Claude Code sessions of the agents." />
      <div className="grid grid-cols-1 gap-4">
        <Skeleton className="h-12 w-full max-md:h-28" />
        <Panel title="Sessions" isFlush>
          <SkeletonRows rows={8} label="Loading the sessions" />
        </Panel>
      </div>
    </>
  );
}
