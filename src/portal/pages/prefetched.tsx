import { dehydrate, HydrationBoundary, type QueryClient } from "@tanstack/react-query";
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { ReactNode } from "react";

import { getPlatform } from "#platform.ts";
import { type AppRouter, appRouter } from "#portal/api/routers/app-router.ts";
import { pageSession } from "#portal/auth/page-access.ts";
import { createQueryClient } from "#portal/client/query-client.ts";

type PrefetchedProps = {
  /** Asks for what the page shows first. What fails is asked for again by the page, which says what went wrong. */
  load: (trpc: TRPCOptionsProxy<AppRouter>, queryClient: QueryClient) => Promise<unknown>;
  children: ReactNode;
};

/** A page that arrives with its figures: they are fetched on the server, by the same procedures and rules. */
export async function Prefetched({ load, children }: PrefetchedProps) {
  const queryClient = createQueryClient();
  const trpc = createTRPCOptionsProxy<AppRouter>({ router: appRouter, ctx: createPageContext, queryClient });
  await load(trpc, queryClient);
  return <HydrationBoundary state={dehydrate(queryClient)}>{children}</HydrationBoundary>;
}

async function createPageContext() {
  return { platform: getPlatform(), session: await pageSession() };
}
