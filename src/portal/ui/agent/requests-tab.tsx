"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ListFilter } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { type CallFilter, latestCalls } from "#portal/client/latest-calls.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ConnectHint } from "#portal/ui/agent/connect-hint.tsx";
import { type LedgerCall, prepareRequestRow } from "#portal/ui/agent/prepare-request-row.ts";
import { RequestRow } from "#portal/ui/agent/request-row.tsx";
import { countOf } from "#portal/ui/format/counts.ts";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { Button, buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { DataTable, HeadCell } from "#portal/ui/primitives/data-table.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

/** The latest calls, newest first, following the ledger live. */
export function RequestsTab({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const timeZone = useTimeZone();
  const [filter, setFilter] = useState<CallFilter>({});
  const isFiltered = Object.keys(filter).length > 0;
  const query = useInfiniteQuery(latestCalls(trpc, agent.name, filter));
  const calls = query.data?.pages.flatMap(({ requests }) => requests);

  if (calls?.length === 0 && !isFiltered) return <ConnectHint agentName={agent.name} />;
  return (
    <Panel
      title="Latest calls"
      note={`Times in ${timeZone}`}
      actions={
        <Link href={`/requests?agent=${encodeURIComponent(agent.name)}`} className={buttonClassNames()}>
          <ListFilter aria-hidden />
          Filter, sort, percentiles
        </Link>
      }
      isFlush
    >
      {isFiltered ? <FilterLine filter={filter} onClear={() => setFilter({})} /> : null}
      {calls === undefined ? (
        <NoCallsYet query={query} />
      ) : (
        <>
          <CallTable calls={calls} onFilter={setFilter} />
          <div className="flex flex-wrap items-center justify-between gap-2 border-t px-4 pt-2.5 pb-1.5 text-xs text-ink-muted">
            <p aria-live="polite">
              {query.hasNextPage
                ? `${countOf(calls.length, "call")} shown`
                : `All ${countOf(calls.length, "call")} shown`}
            </p>
            {query.hasNextPage ? (
              <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Load more
              </Button>
            ) : null}
          </div>
        </>
      )}
    </Panel>
  );
}

const FILTER_NAMES = { model: "model", sessionId: "session", subagentId: "subagent" } as const;

/** What the list is narrowed to, and the way back. */
function FilterLine({ filter, onClear }: { filter: CallFilter; onClear: () => void }) {
  const parts = (["model", "sessionId", "subagentId"] as const).flatMap((key) =>
    filter[key] === undefined ? [] : [`${FILTER_NAMES[key]} ${filter[key]}`],
  );
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2 text-xs" role="status">
      <span className="break-all">Only {parts.join(", ")}</span>
      <Button onClick={onClear}>Show all calls</Button>
    </div>
  );
}

type NoCallsProps = { query: { error: unknown; isFetching: boolean; refetch: () => unknown } };

function NoCallsYet({ query }: NoCallsProps) {
  if (query.error === null) return <SkeletonRows rows={8} label="Loading the latest calls" />;
  return (
    <FailedState
      what="The latest calls could not be loaded."
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}

function CallTable({ calls, onFilter }: { calls: LedgerCall[]; onFilter: (filter: CallFilter) => void }) {
  const [openId, setOpenId] = useState<string | null>(null);
  return (
    <DataTable caption="Latest calls, newest first">
      <thead>
        <tr>
          <HeadCell>Time</HeadCell>
          <HeadCell>Model</HeadCell>
          <HeadCell className="max-sm:hidden">Outcome</HeadCell>
          <HeadCell isNumeric className="max-lg:hidden">
            Tokens in
          </HeadCell>
          <HeadCell isNumeric className="max-lg:hidden">
            Tokens out
          </HeadCell>
          <HeadCell isNumeric>Cost</HeadCell>
          <HeadCell isNumeric className="max-md:hidden">
            Latency
          </HeadCell>
          <HeadCell isNumeric className="max-xl:hidden">
            First byte
          </HeadCell>
          <HeadCell className="max-xl:hidden">Session</HeadCell>
          <HeadCell>
            <span className="sr-only">Details</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <RequestRow
            key={call.id}
            view={prepareRequestRow(call)}
            isOpen={openId === call.id}
            onFilter={onFilter}
            onToggle={() => setOpenId(openId === call.id ? null : call.id)}
          />
        ))}
      </tbody>
    </DataTable>
  );
}
