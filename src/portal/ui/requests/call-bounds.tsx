"use client";

import { type FormEvent, useId, useState } from "react";

import type { CallQuery } from "#domain/call-query.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { type BoundsDraft, draftOf, readBounds } from "#portal/ui/requests/prepare-bounds.ts";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

const FIELDS: readonly { key: keyof BoundsDraft; label: string; type?: "datetime-local" | "search" }[] = [
  { key: "costMin", label: "Cost from ($)" },
  { key: "costMax", label: "Cost up to ($)" },
  { key: "tokensMin", label: "Tokens from" },
  { key: "tokensMax", label: "Tokens up to" },
  { key: "latencyMin", label: "Seconds from" },
  { key: "latencyMax", label: "Seconds up to" },
  { key: "sessionId", label: "Session", type: "search" },
  { key: "from", label: "Begun from", type: "datetime-local" },
  { key: "to", label: "Begun before", type: "datetime-local" },
];

/** Bounds of cost, tokens, latency and time. They count when they are applied, together. */
export function CallBounds({ view }: { view: CallView }) {
  const address = JSON.stringify(draftOf(view.query));
  return <BoundsForm key={address} query={view.query} onApply={view.show} />;
}

function BoundsForm({ query, onApply }: { query: CallQuery; onApply: (query: CallQuery) => void }) {
  const id = useId();
  const [draft, setDraft] = useState(() => draftOf(query));
  const [problems, setProblems] = useState<Partial<Record<keyof BoundsDraft, string>>>({});
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const read = readBounds(draft, query);
    setProblems(read.problems);
    if (read.query !== null) onApply(read.query);
  };
  return (
    <Panel title="More filters" note="All bounds are inclusive. What is not known is within no bound.">
      <form onSubmit={apply} noValidate className="grid gap-3">
        <div className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-3 gap-y-2">
          {FIELDS.map(({ key, label, type = "text" }) => (
            <div key={key} className="grid min-w-0 content-start gap-0.5 text-xs">
              <label htmlFor={`${id}-${key}`} className="text-ink-muted">
                {label}
              </label>
              <input
                id={`${id}-${key}`}
                type={type}
                inputMode={type === "text" ? "decimal" : undefined}
                value={draft[key]}
                onChange={({ target }) => setDraft({ ...draft, [key]: target.value })}
                aria-invalid={problems[key] ? true : undefined}
                aria-describedby={problems[key] ? `${id}-${key}-problem` : undefined}
                className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink aria-invalid:border-stop max-md:h-10"
              />
              {problems[key] ? (
                <p id={`${id}-${key}-problem`} role="alert" className="text-stop">
                  {problems[key]}
                </p>
              ) : null}
            </div>
          ))}
        </div>
        <div>
          <Button type="submit" look="primary">
            Apply
          </Button>
        </div>
      </form>
    </Panel>
  );
}
