"use client";

import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { SearchX } from "lucide-react";

import { ANY_CALL } from "#domain/call-query.ts";
import type { FoundCall } from "#portal/client/answers.ts";
import { callList } from "#portal/client/call-list.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { ListEnd, ListToCome, type PagedQuery } from "#portal/ui/primitives/paged-list.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { CallTable } from "#portal/ui/requests/call-table.tsx";
import { SORT_WORDS } from "#portal/ui/requests/call-words.ts";
import { NewerCalls } from "#portal/ui/requests/newer-calls.tsx";
import { isNarrowed } from "#portal/ui/requests/prepare-filters.ts";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

/** The calls of the view, page by page. Rows stay where they are: newer calls are told, and shown when asked for. */
export function CallListPanel({ view }: { view: CallView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const timeZone = useTimeZone();
  const options = callList(trpc, view.query);
  const query = useInfiniteQuery({ ...options, placeholderData: keepPreviousData });
  const { data } = query;
  const calls = data?.pages.flatMap((page) => page.calls);
  const asOf = data?.pages[0]?.asOf;

  const startAgain = () => {
    queryClient.setQueryData(options.queryKey, (known) =>
      known === undefined ? known : { pages: known.pages.slice(0, 1), pageParams: known.pageParams.slice(0, 1) },
    );
    void query.refetch();
  };

  return (
    <Panel
      title="Calls"
      note={`${SORT_WORDS[view.query.sort]} · times in ${timeZone}`}
      actions={
        asOf === undefined || query.isPlaceholderData ? null : (
          <NewerCalls query={view.query} asOf={asOf} onShow={startAgain} isBusy={query.isRefetching} />
        )
      }
      isFlush
    >
      {calls === undefined ? (
        <ListToCome noun="call" rows={10} query={query} />
      ) : (
        <ShownCalls calls={calls} view={view} query={query} />
      )}
    </Panel>
  );
}

type ShownCallsProps = { calls: FoundCall[]; view: CallView; query: PagedQuery & { isPlaceholderData: boolean } };

function ShownCalls({ calls, view, query }: ShownCallsProps) {
  if (calls.length === 0) return <NoCalls view={view} />;
  return (
    <div
      className={classNames("transition-opacity", query.isPlaceholderData && "opacity-60")}
      aria-busy={query.isPlaceholderData}
    >
      <CallTable calls={calls} view={view} />
      <ListEnd shown={calls.length} noun="call" query={query} />
    </div>
  );
}

function NoCalls({ view: { query, show } }: { view: CallView }) {
  if (isNarrowed(query.filter)) {
    return (
      <EmptyState
        icon={SearchX}
        title="No such call"
        action={<Button onClick={() => show({ filter: ANY_CALL })}>Clear all filters</Button>}
      >
        In this time, no call was like that. Drop a filter, or choose a longer time.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={SearchX}
      title="No calls in this time"
      action={<Button onClick={() => show({ span: "90d" })}>Look at the last 90 days</Button>}
    >
      Calls appear here as soon as an agent makes one through the gateway.
    </EmptyState>
  );
}
