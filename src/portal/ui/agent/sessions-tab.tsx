"use client";

import type { AgentDetail } from "#portal/client/answers.ts";
import { ConnectHint } from "#portal/ui/agent/connect-hint.tsx";
import { SessionDrawer } from "#portal/ui/sessions/session-drawer.tsx";
import { SessionFilters } from "#portal/ui/sessions/session-filters.tsx";
import { SessionListPanel } from "#portal/ui/sessions/session-list-panel.tsx";
import { useSessionView } from "#portal/ui/sessions/use-session-view.ts";

/** The agent's Claude Code sessions. */
export function SessionsTab({ agent }: { agent: AgentDetail }) {
  const view = useSessionView(agent.name);
  if (agent.lastSeenAt === null) return <ConnectHint agentName={agent.name} />;
  return (
    <div className="grid grid-cols-1 gap-4">
      <SessionFilters view={view} hasAgents={false} />
      <SessionListPanel view={view} hasAgents={false} />
      <SessionDrawer view={view} />
    </div>
  );
}
