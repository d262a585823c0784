"use client";

import { useQuery } from "@tanstack/react-query";

import { failureText } from "#portal/client/failure.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import type { Routing } from "#portal/ui/routing/routing-words.ts";
import type { Way } from "#portal/ui/routing/way-field.tsx";

/** What routing would change of a container, variable by variable. */
export function RoutingPreview({ name, routing, way }: { name: string; routing: Routing; way: Way }) {
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
