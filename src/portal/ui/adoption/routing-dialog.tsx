"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Candidate } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { RoutingPreview } from "#portal/ui/adoption/routing-preview.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { RoutingField } from "#portal/ui/routing/routing-field.tsx";
import type { Routing } from "#portal/ui/routing/routing-words.ts";
import { WayField, waysFor } from "#portal/ui/routing/way-field.tsx";

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
          <RoutingPreview name={name} routing={routing} way={way} />
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
