import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { callQueryOf } from "#portal/client/call-address.ts";
import { callList } from "#portal/client/call-list.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { RequestsPage } from "#portal/ui/requests/requests-page.tsx";

type RequestsRouteProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** `/requests` */
export async function RequestsRoute({ searchParams }: RequestsRouteProps) {
  await admitToPage("/requests");
  const parts = await searchParams;
  const partOf = (name: string) => {
    const part = parts[name];
    return typeof part === "string" ? part : null;
  };
  const query = callQueryOf({ get: partOf });
  const requestId = partOf("call");
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchInfiniteQuery(callList(trpc, query)),
          queryClient.prefetchQuery(trpc.agents.names.queryOptions()),
          queryClient.prefetchQuery(trpc.requests.models.queryOptions()),
          queryClient.prefetchQuery(
            trpc.requests.durations.queryOptions({ span: query.span, of: query.filter.agentName }),
          ),
          ...(requestId === null ? [] : [queryClient.prefetchQuery(trpc.requests.one.queryOptions({ requestId }))]),
        ])
      }
    >
      <RequestsPage dashboardUrl={getPlatform().dashboardUrl} />
    </Prefetched>
  );
}
