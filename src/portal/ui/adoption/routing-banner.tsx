"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AgentDetail, Candidate } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { prepareCandidate } from "#portal/ui/adoption/prepare-candidate.ts";
import { RoutingDialog } from "#portal/ui/adoption/routing-dialog.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { ROUTING_WORDS } from "#portal/ui/routing/routing-words.ts";

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
        tone={view.tone === "stop" || view.tone === "near" ? view.tone : "plain"}
        title={data.problem ?? titleOf(data)}
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

function titleOf({ state, routing }: Pick<Candidate, "state" | "routing">): string {
  if (state !== "routed" || routing === null) return "Not routed: its spend is neither metered nor limited.";
  return ROUTING_WORDS[routing].warning ?? "Its container was made by others. Its calls go through the gateway.";
}
