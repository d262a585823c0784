"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AgentDetail } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { prepareCandidate } from "#portal/ui/adoption/prepare-candidate.ts";
import { RoutingDialog } from "#portal/ui/adoption/routing-dialog.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

const EVERY_MS = 10_000;

/** Whether an adopted agent's calls are metered, and for admins the way to change that. */
export function RoutingBanner({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.agents.routing.queryOptions({ agentName: agent.name }, { refetchInterval: EVERY_MS }));
  const [deed, setDeed] = useState<"route" | "restore" | null>(null);
  if (data === undefined || data === null) return null;
  const view = prepareCandidate(data);
  const { may } = view;
  return (
    <>
      <Notice
        tone={view.tone === "stop" ? "stop" : "plain"}
        title={data.problem ?? titleOf(data.state)}
        className="mb-4"
        action={
          agent.mayEdit ? (
            <div className="flex gap-2">
              {may.route ? <Button onClick={() => setDeed("route")}>Route…</Button> : null}
              {may.restore ? (
                <Button look="quiet" onClick={() => setDeed("restore")}>
                  Give back…
                </Button>
              ) : null}
            </div>
          ) : null
        }
      >
        {data.obstacles.join(" ")}
      </Notice>
      {deed === null ? null : <RoutingDialog candidate={data} deed={deed} onClose={() => setDeed(null)} />}
    </>
  );
}

function titleOf(state: "not_routed" | "routed" | "lost" | "missing"): string {
  return state === "routed"
    ? "Its container was made by others. Its calls go through the gateway."
    : "Not routed: its spend is neither metered nor limited.";
}
