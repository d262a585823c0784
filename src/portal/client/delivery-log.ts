import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

import type { AppRouter } from "#portal/api/routers/app-router.ts";

const PAGE_SIZE = 20;

/** The query of the delivery log, page by page: the same for the server that prefetches it and the page that shows it. */
export function deliveryLog(trpc: TRPCOptionsProxy<AppRouter>) {
  return trpc.notifications.log.infiniteQueryOptions(
    { limit: PAGE_SIZE },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );
}
