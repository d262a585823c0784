"use client";

import { useQuery } from "@tanstack/react-query";
import type { ChatTurn } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { prepareTurnCost, prepareTurnEnding, TURNS_SHOWN } from "#portal/ui/chat/prepare-turn.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

/** Who asked the agent, when, and what each message cost, whichever door it came in by. */
export function EarlierTurns({ agentName }: { agentName: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.chat.turns.queryOptions({ agentName, limit: TURNS_SHOWN }));
  return (
    <Panel title="Latest messages" note="From this page and from programs.">
      <Turns query={query} />
    </Panel>
  );
}

type TurnsQuery = {
  data: { turns: ChatTurn[] } | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
};

function Turns({ query }: { query: TurnsQuery }) {
  if (query.data === undefined) {
    if (query.error === null) return <SkeletonRows rows={4} label="Loading the latest messages" />;
    return (
      <FailedState
        what="The latest messages could not be loaded."
        reason={failureText(query.error) ?? ""}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    );
  }
  if (query.data.turns.length === 0) return <p className="text-sm text-ink-muted">No message yet.</p>;
  return (
    <ul className="grid gap-2 text-sm">
      {query.data.turns.map((turn) => (
        <Turn key={turn.id} turn={turn} />
      ))}
    </ul>
  );
}

function Turn({ turn }: { turn: ChatTurn }) {
  const ending = prepareTurnEnding(turn);
  return (
    <li className="grid border-t pt-2 first:border-t-0 first:pt-0">
      <span className="flex flex-wrap justify-between gap-x-3">
        <span>
          {turn.askedBy ?? "Somebody who is gone"}
          {turn.isByApiKey ? <span className="text-ink-muted"> (by API key)</span> : null}
        </span>
        <RelativeTime at={turn.startedAt} className="text-ink-muted" />
      </span>
      <span className="text-xs text-ink-muted">
        {[prepareTurnCost(turn), ending].filter((part) => part !== null && part !== "").join(" · ")}
      </span>
    </li>
  );
}
