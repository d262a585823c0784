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

type RoutingDialogProps = { candidate: Candidate; deed: "route" | "restore"; onClose: () => void };

/** What routing would change in a container, and the button that does it; or the one that gives the container back. */
export function RoutingDialog({ candidate: { name, routing: present }, deed, onClose }: RoutingDialogProps) {
  const [routing, setRouting] = useState<Routing>(present ?? "gateway");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = async () => {
    void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
    void queryClient.invalidateQueries(trpc.agents.state.queryFilter({ agentName: name }));
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
          ? "Its container is made again with these variables, and nothing else of it is changed. If it does not work then, all is put back as it was."
          : "Its container is made again with the exact environment it had before. From then on its spend is neither metered nor limited."
      }
      className="max-w-2xl"
    >
      {deed === "route" ? (
        <>
          <RoutingField routing={routing} onChange={setRouting} />
          <Preview name={name} routing={routing} />
        </>
      ) : null}
      {failure === null ? null : <Notice tone="stop" title={failure} className="mt-3" />}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" isBusy={act.isPending} onClick={() => act.mutate({ name, routing })}>
          {deed === "route" ? "Apply" : "Give it back"}
        </Button>
      </div>
    </Dialog>
  );
}

function Preview({ name, routing }: { name: string; routing: Routing }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.adoption.preview.queryOptions({ name, routing }));
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
