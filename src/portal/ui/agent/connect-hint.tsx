"use client";

import { Plug } from "lucide-react";

import { TabLink } from "#portal/ui/agent/tab-link.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";

/** Instead of a page full of zeros: an agent that has never called, and how it comes to. */
export function ConnectHint({ agentName }: { agentName: string }) {
  return (
    <div className="rounded-lg border bg-surface">
      <EmptyState
        icon={Plug}
        title={`${agentName} has not called yet`}
        action={
          <TabLink tab="connect" className={buttonClassNames("primary")}>
            Connect it
          </TabLink>
        }
      >
        Point its Claude Code at the gateway. The first call shows up here within a second of its end.
      </EmptyState>
    </div>
  );
}
