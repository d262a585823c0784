"use client";

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { CALL_ENDS, CALL_SORTS, CALL_SPANS } from "#domain/call-query.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Choice } from "#portal/ui/primitives/choice.tsx";
import { CallBounds } from "#portal/ui/requests/call-bounds.tsx";
import { END_WORDS, SORT_WORDS, SPAN_WORDS, STATUS_WORDS } from "#portal/ui/requests/call-words.ts";
import { FilterChips } from "#portal/ui/requests/filter-chips.tsx";
import { ownersOf } from "#portal/ui/requests/prepare-filters.ts";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

/** Narrows the calls down, and puts them in order. */
export function CallFilters({ view }: { view: CallView }) {
  const [isOpen, setOpen] = useState(false);
  const boundsId = useId();
  return (
    <section aria-label="Which calls" className="grid grid-cols-1 gap-3">
      <div className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] items-end gap-2">
        <SpanChoice view={view} />
        <PlaceChoices view={view} />
        <KindChoices view={view} />
        <Choice
          label="Order"
          value={view.query.sort}
          onChoose={(value) => view.show({ sort: CALL_SORTS.find((sort) => sort === value) ?? "newest" })}
        >
          {CALL_SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {SORT_WORDS[sort]}
            </option>
          ))}
        </Choice>
        <Button aria-expanded={isOpen} aria-controls={boundsId} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Fewer filters" : "More filters"}
        </Button>
      </div>
      <div id={boundsId} hidden={!isOpen}>
        {isOpen ? <CallBounds view={view} /> : null}
      </div>
      <FilterChips view={view} />
    </section>
  );
}

function SpanChoice({ view: { query, show } }: { view: CallView }) {
  const isChosen = typeof query.span !== "string";
  const choose = (value: string) => {
    const span = CALL_SPANS.find((known) => known === value);
    if (span) show({ span });
  };
  return (
    <Choice label="Time" value={isChosen ? "chosen" : String(query.span)} onChoose={choose}>
      {isChosen ? <option value="chosen">As chosen</option> : null}
      {CALL_SPANS.map((span) => (
        <option key={span} value={span}>
          {SPAN_WORDS[span]}
        </option>
      ))}
    </Choice>
  );
}

function PlaceChoices({ view: { query, narrow } }: { view: CallView }) {
  const trpc = useTRPC();
  const viewer = useViewer();
  const { data } = useQuery(trpc.agents.names.queryOptions());
  const { agentName, ownerId } = query.filter;
  const names = data?.agents.map(({ name }) => name) ?? [];
  return (
    <>
      <Choice label="Agent" value={agentName ?? ""} onChoose={(value) => narrow({ agentName: value || null })}>
        <option value="">All agents</option>
        {withChosen(names, agentName).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Choice>
      {viewer.role === "admin" ? (
        <Choice label="Owner" value={ownerId ?? ""} onChoose={(value) => narrow({ ownerId: value || null })}>
          <option value="">All owners</option>
          {ownersOf(data?.agents ?? [], ownerId).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choice>
      ) : null}
    </>
  );
}

function KindChoices({ view: { query, narrow } }: { view: CallView }) {
  const trpc = useTRPC();
  const { data: models = [] } = useQuery(trpc.requests.models.queryOptions());
  const { model, outcome, status } = query.filter;
  const isListed = STATUS_WORDS.some((known) => known.status === status);
  return (
    <>
      <Choice label="Model" value={model ?? ""} onChoose={(value) => narrow({ model: value || null })}>
        <option value="">All models</option>
        {withChosen(models, model).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Choice>
      <Choice
        label="Outcome"
        value={outcome ?? ""}
        onChoose={(value) => narrow({ outcome: CALL_ENDS.find((end) => end === value) ?? null })}
      >
        <option value="">All outcomes</option>
        {CALL_ENDS.map((end) => (
          <option key={end} value={end}>
            {END_WORDS[end]}
          </option>
        ))}
      </Choice>
      <Choice
        label="Status"
        value={status === null ? "" : String(status)}
        onChoose={(value) => narrow({ status: value === "" ? null : Number(value) })}
      >
        <option value="">All statuses</option>
        {status !== null && !isListed ? <option value={status}>{status}</option> : null}
        {STATUS_WORDS.map((known) => (
          <option key={known.status} value={known.status}>
            {known.label}
          </option>
        ))}
      </Choice>
    </>
  );
}

function withChosen(names: readonly string[], chosen: string | null): readonly string[] {
  return chosen === null || names.includes(chosen) ? names : [chosen, ...names];
}
