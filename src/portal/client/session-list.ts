import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

import type { SessionQuery } from "#domain/session-query.ts";
import type { AppRouter } from "#portal/api/routers/app-router.ts";

const PAGE_SIZE = 50;

/** The query of a view of the sessions, page by page: the same for the server that prefetches it and the page that shows it. */
export function sessionList(trpc: TRPCOptionsProxy<AppRouter>, query: SessionQuery) {
  return trpc.sessions.list.infiniteQueryOptions(
    { query, limit: PAGE_SIZE },
    {
      getNextPageParam: ({ nextCursor }) => nextCursor,
      // Rows do not jump while somebody reads them.
      ...{ staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, refetchOnReconnect: false },
    },
  );
}
