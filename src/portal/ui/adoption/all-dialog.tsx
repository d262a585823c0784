"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useState } from "react";

import type { Candidate } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { prepareCandidate, resultsSentence } from "#portal/ui/adoption/prepare-candidate.ts";
import { RoutingPreview } from "#portal/ui/adoption/routing-preview.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { waysFor } from "#portal/ui/routing/way-field.tsx";

type AllDialogProps = { candidates: readonly Candidate[]; deed: "route" | "restore"; onClose: () => void };

const WORDS = {
  route: {
    title: "Route all idle containers?",
    description:
      "Each of these is made again with our variables, one after the other. What is at work when its turn comes is left alone, and what does not work afterwards is put back as it was.",
    action: "Route them",
    none: "There is no container that could be routed now.",
  },
  restore: {
    title: "Give all containers back?",
    description:
      "What routing has changed is taken back, to the letter; for that most containers are made again. From then on their spend is neither metered nor limited.",
    action: "Give them back",
    none: "There is no container to give back now.",
  },
} as const;

/** Names every container that would be changed, and how, before any is. */
export function AllDialog({ candidates, deed, onClose }: AllDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = () => {
    void queryClient.invalidateQueries(trpc.adoption.list.queryFilter());
    void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
  };
  const routeIdle = useMutation(trpc.adoption.routeIdle.mutationOptions({ onSettled }));
  const unrouteAll = useMutation(trpc.adoption.unrouteAll.mutationOptions({ onSettled }));
  const act = deed === "route" ? routeIdle : unrouteAll;
  const words = WORDS[deed];
  const concerned = candidates.filter((candidate) => isConcerned(candidate, deed));
  const failure = failureText(act.error);
  return (
    <Dialog isOpen onClose={onClose} title={words.title} description={words.description} className="max-w-2xl">
      {act.data === undefined ? (
        <Concerned candidates={concerned} deed={deed} none={words.none} />
      ) : (
        <p role="status" className="text-sm">
          {resultsSentence(act.data.results)}
        </p>
      )}
      {failure === null ? null : <Notice tone="stop" title={failure} className="mt-3" />}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>{act.data === undefined ? "Cancel" : "Close"}</Button>
        {act.data === undefined ? (
          <Button look="primary" isBusy={act.isPending} disabled={concerned.length === 0} onClick={() => act.mutate()}>
            {words.action}
          </Button>
        ) : null}
      </div>
    </Dialog>
  );
}

/** Trinity's own agent is left alone, as when it is not named; so is what is routed already. */
function isConcerned(candidate: Candidate, deed: AllDialogProps["deed"]): boolean {
  const { may } = prepareCandidate(candidate);
  if (deed === "restore") return may.restore;
  const isOpen = candidate.state === "not_routed" || candidate.state === "lost";
  return may.route && isOpen && !candidate.isSystem;
}

/** What would change is worked out when somebody wants to see it. */
function Changes({ candidate: { name, generation } }: { candidate: Candidate }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer py-1 font-medium">{name}</summary>
      {isOpen ? <RoutingPreview name={name} routing="gateway" way={waysFor(generation)[0] ?? "container"} /> : null}
    </details>
  );
}

type ConcernedProps = Pick<AllDialogProps, "candidates" | "deed"> & { none: string };

function Concerned({ candidates, deed, none }: ConcernedProps) {
  if (candidates.length === 0) return <p className="text-sm text-ink-muted">{none}</p>;
  return (
    <ul aria-label="Containers that would be changed" className="grid max-h-96 gap-1 overflow-y-auto">
      {candidates.map((candidate) => (
        <li key={candidate.containerName} className="text-sm">
          {deed === "restore" ? candidate.name : <Changes candidate={candidate} />}
        </li>
      ))}
    </ul>
  );
}
