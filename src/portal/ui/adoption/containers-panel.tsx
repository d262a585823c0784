"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import type { Candidate } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { AllDialog } from "#portal/ui/adoption/all-dialog.tsx";
import { prepareCandidate } from "#portal/ui/adoption/prepare-candidate.ts";
import { RoutingDialog } from "#portal/ui/adoption/routing-dialog.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

const EVERY_MS = 10_000;
const DOTS = { on: "bg-accent", off: "bg-ink-faint", near: "bg-near-bar", stop: "bg-stop-bar" } as const;

/** Containers that others made for agents: which are metered, and the ways to change that. Nothing where there are none. */
export function ContainersPanel() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.adoption.list.queryOptions(undefined, { refetchInterval: EVERY_MS }));
  const [opened, setOpened] = useState<{ candidate: Candidate; deed: "route" | "restore" } | null>(null);
  const [forAll, setForAll] = useState<"route" | "restore" | null>(null);
  if (data === undefined || data.candidates.length === 0) return null;
  const { candidates } = data;
  const isAnyRouted = candidates.some(({ state }) => state === "routed" || state === "lost");
  return (
    <Panel
      title="Containers of others"
      note="Found by their label trinity.platform=agent. Routing one makes its container again with our variables; giving it back takes them out, to the letter."
      actions={<ForAll isAnyRouted={isAnyRouted} onOpen={setForAll} />}
      className="mt-6"
    >
      <ul className="grid">
        {candidates.map((candidate) => (
          <CandidateLine
            key={candidate.containerName}
            candidate={candidate}
            onOpen={(deed) => setOpened({ candidate, deed })}
          />
        ))}
      </ul>
      {forAll === null ? null : <AllDialog candidates={candidates} deed={forAll} onClose={() => setForAll(null)} />}
      {opened === null ? null : <RoutingDialog {...opened} onClose={() => setOpened(null)} />}
    </Panel>
  );
}

type ForAllProps = { isAnyRouted: boolean; onOpen: (deed: "route" | "restore") => void };

function ForAll({ isAnyRouted, onOpen }: ForAllProps) {
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => onOpen("route")}>Route all idle…</Button>
      {isAnyRouted ? (
        <Button look="quiet" onClick={() => onOpen("restore")}>
          Give all back…
        </Button>
      ) : null}
    </div>
  );
}

type LineProps = { candidate: Candidate; onOpen: (deed: "route" | "restore") => void };

function CandidateLine({ candidate, onOpen }: LineProps) {
  const view = prepareCandidate(candidate);
  const trouble = candidate.problem ?? candidate.obstacles.join(" ");
  return (
    <li className="grid gap-x-4 gap-y-2 border-t py-2.5 text-sm first:border-t-0 sm:grid-cols-[1fr_auto_auto] sm:items-center">
      <div className="min-w-0">
        {candidate.agentId === null ? (
          <span className="font-medium break-all">{candidate.name}</span>
        ) : (
          <Link href={`/agents/${candidate.name}`} className="font-medium break-all hover:text-accent hover:underline">
            {candidate.name}
          </Link>
        )}
        <span className="text-xs text-ink-muted">
          {" "}
          {candidate.status}
          {candidate.isSystem ? " · Trinity's own" : ""}
        </span>
        {trouble === "" ? null : <p className="text-xs text-stop">{trouble}</p>}
      </div>
      <p className="flex items-center gap-2">
        <span aria-hidden className={classNames("size-2 rounded-full", DOTS[view.tone])} />
        {view.word}
      </p>
      <div className="flex gap-2">
        {view.may.route ? (
          <Button aria-label={`Route ${candidate.name}`} onClick={() => onOpen("route")}>
            Route…
          </Button>
        ) : null}
        {view.may.restore ? (
          <Button look="quiet" aria-label={`Give ${candidate.name} back`} onClick={() => onOpen("restore")}>
            Give back…
          </Button>
        ) : null}
      </div>
    </li>
  );
}
