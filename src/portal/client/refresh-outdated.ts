import type { Query, QueryClient } from "@tanstack/react-query";

import { concernsAgents } from "#portal/client/concerns-agents.ts";

/**
 * Fetches anew what follows from the calls of these agents. A list that is just loading a further page is fetched
 * after that: fetching it at once would drop the page that somebody has asked for.
 */
export async function refreshOutdated(
  queryClient: QueryClient,
  agentNames: ReadonlySet<string> | "all",
): Promise<void> {
  const outdated = queryClient
    .getQueryCache()
    .findAll({ predicate: ({ queryKey }) => concernsAgents(queryKey, agentNames) });
  const busy = outdated.filter(isLoadingMore);
  await Promise.all([
    invalidate(queryClient, new Set(outdated.filter((query) => !busy.includes(query)))),
    Promise.allSettled(busy.map((query) => query.promise)).then(() => invalidate(queryClient, new Set(busy))),
  ]);
}

function isLoadingMore({ state }: Query): boolean {
  return state.fetchStatus === "fetching" && state.fetchMeta?.fetchMore !== undefined;
}

async function invalidate(queryClient: QueryClient, queries: ReadonlySet<Query>): Promise<void> {
  if (queries.size > 0) await queryClient.invalidateQueries({ predicate: (query) => queries.has(query) });
}
