"use client";

import { useQuery } from "@tanstack/react-query";

import type { CallQuery } from "#domain/call-query.ts";
import { toQueryInput } from "#portal/client/call-list.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { Button } from "#portal/ui/primitives/button.tsx";

type NewerCallsProps = {
  query: CallQuery /** When the list was read. */;
  asOf: Date;
  onShow: () => void;
  isBusy: boolean;
};

/** Says how many calls the list lacks by now, and shows them when asked to. */
export function NewerCalls({ query, asOf, onShow, isBusy }: NewerCallsProps) {
  const trpc = useTRPC();
  const isOpenEnded = typeof query.span === "string";
  const { data } = useQuery(
    trpc.requests.newer.queryOptions({ query: toQueryInput(query), asOf }, { enabled: isOpenEnded }),
  );
  const count = data?.count ?? 0;
  return (
    <div aria-live="polite" className="min-h-8">
      {count > 0 ? (
        <Button isBusy={isBusy} onClick={onShow}>
          {data?.isMore ? `${countOf(count, "newer call")} or more` : countOf(count, "newer call")}
        </Button>
      ) : null}
    </div>
  );
}
