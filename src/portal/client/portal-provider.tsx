"use client";

import { QueryCache, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { Tooltip } from "radix-ui";
import { type ReactNode, useState } from "react";
import SuperJSON from "superjson";

import type { AppRouter } from "#portal/api/routers/app-router.ts";
import { failureOf } from "#portal/client/failure.ts";
import { LiveUpdates } from "#portal/client/live-updates.tsx";
import { createQueryClient } from "#portal/client/query-client.ts";
import { TRPCProvider } from "#portal/client/trpc.ts";
import { type Viewer, ViewerProvider } from "#portal/client/viewer.tsx";
import { ViewerClock } from "#portal/ui/format/viewer-clock.tsx";

const URL = "/api/trpc";

/** Everything a signed-in page stands on: who looks, the clock, the procedures, their cache, and the live line. */
export function PortalProvider({
  viewer,
  renderedAt,
  children,
}: {
  viewer: Viewer;
  renderedAt: Date;
  children: ReactNode;
}) {
  const [queryClient] = useState(() => createQueryClient(new QueryCache({ onError: leaveWhenSignedOut })));
  const [trpcClient] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        <ViewerProvider viewer={viewer}>
          <ViewerClock startsAt={renderedAt}>
            <LiveUpdates>
              <Tooltip.Provider delayDuration={250}>{children}</Tooltip.Provider>
            </LiveUpdates>
          </ViewerClock>
        </ViewerProvider>
      </TRPCProvider>
    </QueryClientProvider>
  );
}

/** Live updates take one long connection per tab; everything else travels in batches. */
function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({ url: URL, transformer: SuperJSON }),
        false: httpBatchStreamLink({ url: URL, transformer: SuperJSON }),
      }),
    ],
  });
}

/** A session can end under an open page: revoked, disabled, password changed. Then the way leads back to signing in. */
function leaveWhenSignedOut(error: unknown): void {
  if (failureOf(error).code !== "UNAUTHORIZED") return;
  const { pathname, search } = window.location;
  window.location.assign(`/login?next=${encodeURIComponent(pathname + search)}`);
}
