"use client";

import { Activity } from "lucide-react";
import Link from "next/link";

import { useViewer } from "#portal/client/viewer.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";

/** Before the first call: what comes next, instead of zeros. */
export function EmptyOverview() {
  const { role } = useViewer();
  return (
    <div className="rounded-lg border bg-surface">
      <EmptyState
        icon={Activity}
        title="No agent has called yet"
        action={
          <Link href="/agents" className="link">
            Go to the agents
          </Link>
        }
      >
        {role === "admin"
          ? "Create an agent and paste a few lines into the environment of Claude Code. From its first call on, what the fleet costs is here."
          : "As soon as one of your agents makes its first call, what they cost together is here."}
      </EmptyState>
    </div>
  );
}
