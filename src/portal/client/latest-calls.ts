import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

import type { AppRouter } from "#portal/api/routers/app-router.ts";

const PAGE_SIZE = 50;

/** What the shown calls have in common. */
export type CallFilter = { model?: string; sessionId?: string; subagentId?: string };

/**
 * The query of an agent's latest calls, page by page: the same for the server that prefetches it and the tab that shows
 * it.
 */
export function latestCalls(trpc: TRPCOptionsProxy<AppRouter>, agentName: string, filter: CallFilter = {}) {
  return trpc.requests.latest.infiniteQueryOptions(
    { agentName, limit: PAGE_SIZE, filter },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );
}
