"use client";

import { Plug } from "lucide-react";
import { usePathname } from "next/navigation";

import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";

/** Instead of a page full of zeros: an agent that has never called, and how it comes to. */
export function ConnectHint({ agentName }: { agentName: string }) {
  const pathname = usePathname();
  return (
    <div className="rounded-lg border bg-surface">
      <EmptyState
        icon={Plug}
        title={`${agentName} has not called yet`}
        action={
          <a
            href={`${pathname}?tab=connect`}
            className={buttonClassNames("primary")}
            onClick={(event) => {
              event.preventDefault();
              window.history.pushState(null, "", `${pathname}?tab=connect`);
            }}
          >
            Connect it
          </a>
        }
      >
        Point its Claude Code at the gateway. The first call shows up here within a second of its end.
      </EmptyState>
    </div>
  );
}
