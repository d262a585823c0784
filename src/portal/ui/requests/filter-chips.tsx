"use client";

import { X } from "lucide-react";

import { ANY_CALL } from "#domain/call-query.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { isNarrowed, prepareChips } from "#portal/ui/requests/prepare-filters.ts";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

/** What narrows the view beside the choices above, each with a way to drop it, and the way back to all calls. */
export function FilterChips({ view: { query, narrow, show } }: { view: CallView }) {
  if (!isNarrowed(query.filter)) return null;
  return (
    <ul aria-label="Narrowed to" className="flex flex-wrap items-center gap-2">
      {prepareChips(query.filter).map(({ key, label }) => (
        <li key={key} className="min-w-0">
          <button
            type="button"
            onClick={() => narrow({ [key]: null })}
            className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-full border bg-accent-soft px-2.5 text-xs text-accent hover:bg-hover max-md:min-h-10"
          >
            <span className="sr-only">Drop: </span>
            <span className="truncate">{label}</span>
            <X aria-hidden className="size-3 shrink-0" />
          </button>
        </li>
      ))}
      <li>
        <Button look="quiet" onClick={() => show({ filter: ANY_CALL })}>
          Clear all filters
        </Button>
      </li>
    </ul>
  );
}
