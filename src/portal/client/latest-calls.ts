import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

import type { AppRouter } from "#portal/api/routers/app-router.ts";

const PAGE_SIZE = 50;

/** The query of an agent's latest calls, page by page: the same for the server that prefetches it and the tab that shows it. */
export function latestCalls(trpc: TRPCOptionsProxy<AppRouter>, agentName: string) {
  return trpc.requests.latest.infiniteQueryOptions(
    { agentName, limit: PAGE_SIZE },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );
}
