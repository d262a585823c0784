"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Candidate } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { RoutingField } from "#portal/ui/routing/routing-field.tsx";
import type { Routing } from "#portal/ui/routing/routing-words.ts";
import { type Way, WayField, waysFor } from "#portal/ui/routing/way-field.tsx";

type RoutingDialogProps = { candidate: Candidate; deed: "route" | "restore"; onClose: () => void };

/** What routing would change in a container, and the button that does it; or the one that gives the container back. */
export function RoutingDialog({ candidate, deed, onClose }: RoutingDialogProps) {
  const { name, generation } = candidate;
  const [routing, setRouting] = useState<Routing>(candidate.routing ?? "gateway");
  // One that is routed already stays on its way: another one begins with giving it back.
  const ways = candidate.way === null ? waysFor(generation) : [candidate.way];
  const [chosen, setWay] = useState(candidate.way ?? waysFor(generation)[0]);
  const way = routing === "gateway" ? chosen : "container";
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = async () => {
    void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
    void queryClient.invalidateQueries(trpc.agents.state.queryFilter({ agentName: name }));
    void queryClient.invalidateQueries(trpc.agents.routing.queryFilter({ agentName: name }));
    await queryClient.invalidateQueries(trpc.adoption.list.queryFilter());
    onClose();
  };
  const route = useMutation(trpc.adoption.route.mutationOptions({ onSuccess }));
  const restore = useMutation(trpc.adoption.unroute.mutationOptions({ onSuccess }));
  const act = deed === "route" ? route : restore;
  const failure = failureText(act.error);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={deed === "route" ? `Route ${name}?` : `Give the container of ${name} back?`}
      description={
        deed === "route"
          ? "This is what changes, and nothing else of its container. If it does not work then, all is put back as it was."
          : "What routing has changed is taken back, to the letter; for that the container is made again where it had been before. From then on its spend is neither metered nor limited."
      }
      className="max-w-2xl"
    >
      {deed === "route" ? (
        <>
          <RoutingField routing={routing} onChange={setRouting} />
          {routing === "gateway" && ways.length > 1 ? <WayField way={way} ways={ways} onChange={setWay} /> : null}
          <Preview name={name} routing={routing} way={way} />
        </>
      ) : null}
      {failure === null ? null : <Notice tone="stop" title={failure} className="mt-3" />}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" isBusy={act.isPending} onClick={() => act.mutate({ name, routing, way })}>
          {deed === "route" ? "Apply" : "Give it back"}
        </Button>
      </div>
    </Dialog>
  );
}

function Preview({ name, routing, way }: { name: string; routing: Routing; way: Way }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.adoption.preview.queryOptions({ name, routing, way }));
  if (query.data === undefined) {
    if (query.error === null) return <SkeletonRows rows={4} label="Loading what would be changed" />;
    return (
      <FailedState
        what="What would be changed is not known."
        reason={failureText(query.error) ?? ""}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    );
  }
  return (
    <div className="grid gap-3">
      <Changes changes={query.data.changes} />
      {query.data.notices.length === 0 ? null : (
        <ul className="grid list-disc gap-1 pl-5 text-sm text-ink-muted">
          {query.data.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

const MARKS = { added: "+", replaced: "~", removed: "−" } as const;

function Changes({ changes }: { changes: RouterOutputs["adoption"]["preview"]["changes"] }) {
  return (
    <ScrollBox label="Variables that would be changed" className="rounded-md border bg-sunken px-3 py-2.5">
      <ul className="grid w-max gap-0.5 font-mono text-xs leading-5">
        {changes.map(({ name, change, value, note }) => (
          <li key={name}>
            <span aria-hidden>{MARKS[change]} </span>
            <span className="sr-only">{change}: </span>
            {name}
            {value === null ? null : `=${value}`}
            {note === null ? null : <span className="text-ink-muted"> ({note})</span>}
          </li>
        ))}
      </ul>
    </ScrollBox>
  );
}
