"use client";

import { useQuery } from "@tanstack/react-query";

import type { ChatTurn } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Fact } from "#portal/ui/agent/cost-parts-panels.tsx";
import { prepareTurnCosts } from "#portal/ui/agent/prepare-turn-costs.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

/** As many as the portal gives at once. */
const TURNS = 50;

/** What a message to the agent costs, by those that came through the portal. */
export function TurnCostsPanel({ agentName }: { agentName: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.chat.turns.queryOptions({ agentName, limit: TURNS }));
  return (
    <Panel title="Cost per chat turn" note={`The last ${TURNS} messages sent through the portal, whenever that was`}>
      <WhenLoaded query={query} what="The cost per chat turn" skeleton={<Skeleton className="h-12 w-full" />}>
        {({ turns }) => <TurnCosts turns={turns} />}
      </WhenLoaded>
    </Panel>
  );
}

function TurnCosts({ turns }: { turns: readonly ChatTurn[] }) {
  const costs = prepareTurnCosts(turns);
  if (costs === null) {
    return (
      <p className="text-sm text-ink-muted">There is no message yet whose cost is known. The Chat tab sends one.</p>
    );
  }
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-4">
      <Fact label={`Average of ${countOf(costs.turns, "turn")}`}>{costs.average}</Fact>
      <Fact label="Half cost at most">{costs.half}</Fact>
      <Fact label="Dearest">{costs.most}</Fact>
      <Fact label="Calls per turn">{costs.calls}</Fact>
    </dl>
  );
}
