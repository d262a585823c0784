"use client";

import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { MessagesSquare, RefreshCw } from "lucide-react";

import type { SessionRow } from "#portal/client/answers.ts";
import { sessionList } from "#portal/client/session-list.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { ListEnd, ListToCome, type PagedQuery } from "#portal/ui/primitives/paged-list.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SessionTable } from "#portal/ui/sessions/session-table.tsx";
import { SESSION_SORT_WORDS } from "#portal/ui/sessions/session-words.ts";
import type { SessionView } from "#portal/ui/sessions/use-session-view.ts";

type SessionListPanelProps = { view: SessionView; hasAgents: boolean };

/** The sessions of the view, page by page. They stay as they were read until somebody refreshes them. */
export function SessionListPanel({ view, hasAgents }: SessionListPanelProps) {
  const trpc = useTRPC();
  const timeZone = useTimeZone();
  const queryClient = useQueryClient();
  const options = sessionList(trpc, view.query);
  const query = useInfiniteQuery({ ...options, placeholderData: keepPreviousData });
  const sessions = query.data?.pages.flatMap((page) => page.sessions);
  const startAgain = () => {
    queryClient.setQueryData(options.queryKey, (known) =>
      known === undefined ? known : { pages: known.pages.slice(0, 1), pageParams: known.pageParams.slice(0, 1) },
    );
    void query.refetch();
  };
  return (
    <Panel
      title="Sessions"
      note={`${SESSION_SORT_WORDS[view.query.sort]}, each with all its calls · times in ${timeZone}`}
      actions={
        <Button isBusy={query.isRefetching && !query.isFetchingNextPage} onClick={startAgain}>
          <RefreshCw aria-hidden />
          Refresh
        </Button>
      }
      isFlush
    >
      {sessions === undefined ? (
        <ListToCome noun="session" rows={8} query={query} />
      ) : (
        <ShownSessions sessions={sessions} view={view} hasAgents={hasAgents} query={query} />
      )}
    </Panel>
  );
}

type ShownProps = SessionListPanelProps & {
  sessions: readonly SessionRow[];
  query: PagedQuery & { isPlaceholderData: boolean };
};

function ShownSessions({ sessions, view, hasAgents, query }: ShownProps) {
  if (sessions.length === 0) return <NoSessions view={view} />;
  return (
    <div
      className={classNames("transition-opacity", query.isPlaceholderData && "opacity-60")}
      aria-busy={query.isPlaceholderData}
    >
      <SessionTable sessions={sessions} view={view} hasAgents={hasAgents} />
      <ListEnd shown={sessions.length} noun="session" query={query} />
    </div>
  );
}

function NoSessions({ view: { query, show } }: { view: SessionView }) {
  const action =
    query.span === "90d" ? null : <Button onClick={() => show({ span: "90d" })}>Look at the last 90 days</Button>;
  return (
    <EmptyState icon={MessagesSquare} title="No sessions in this time" action={action}>
      A session appears here with its first call that names it, as Claude Code does by itself. Calls of other programs
      name none: they are under Requests.
    </EmptyState>
  );
}
