import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

import type { CallQuery } from "#domain/call-query.ts";
import { type NanoUsd, toUsdText } from "#domain/money.ts";
import type { AppRouter } from "#portal/api/routers/app-router.ts";

const PAGE_SIZE = 50;

/** The query of a view of the calls, page by page: the same for the server that prefetches it and the page that shows it. */
export function callList(trpc: TRPCOptionsProxy<AppRouter>, query: CallQuery) {
  return trpc.requests.search.infiniteQueryOptions(
    { query: toQueryInput(query), limit: PAGE_SIZE },
    { getNextPageParam: ({ nextCursor }) => nextCursor, ...STILL },
  );
}

/** Rows do not jump while somebody reads them: what is new is told, and shown when asked for. */
const STILL = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

/** A view as the procedures take it: amounts are text, because what is asked for is also the name of the answer. */
export function toQueryInput({ filter, ...query }: CallQuery) {
  return { ...query, filter: { ...filter, costMin: toText(filter.costMin), costMax: toText(filter.costMax) } };
}

function toText(amount: NanoUsd | null): string | null {
  return amount === null ? null : toUsdText(amount);
}
