import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { latestCalls } from "#portal/client/latest-calls.ts";
import { sessionQueryOf } from "#portal/client/session-address.ts";
import { sessionList } from "#portal/client/session-list.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { AgentPage } from "#portal/ui/agent/agent-page.tsx";
import { daysOf, tabOf } from "#portal/ui/agent/agent-tabs.ts";

type AgentRouteProps = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** `/agents/[name]` */
export async function AgentRoute({ params, searchParams }: AgentRouteProps) {
  const agentName = (await params).name;
  await admitToPage("/agents/[name]", agentName);
  const address = toAddress(await searchParams);
  const days = daysOf(address);
  const tab = tabOf(address, { isAdmin: true });
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchQuery(trpc.agents.get.queryOptions({ agentName })),
          queryClient.prefetchQuery(trpc.gateway.status.queryOptions()),
          ...(tab === "costs"
            ? [
                queryClient.prefetchQuery(trpc.costs.byDay.queryOptions({ agentName, days })),
                queryClient.prefetchQuery(trpc.costs.byModel.queryOptions({ agentName, days })),
                queryClient.prefetchQuery(trpc.costs.byType.queryOptions({ agentName, days })),
                queryClient.prefetchQuery(trpc.costs.bySession.queryOptions({ agentName, days })),
                queryClient.prefetchQuery(trpc.costs.byHour.queryOptions({ agentName, days, timeZone: "UTC" })),
              ]
            : []),
          ...(tab === "budget" ? [queryClient.prefetchQuery(trpc.budgets.status.queryOptions({ agentName }))] : []),
          ...(tab === "limits" ? [queryClient.prefetchQuery(trpc.rateLimits.status.queryOptions({ agentName }))] : []),
          ...(tab === "sessions"
            ? [queryClient.prefetchInfiniteQuery(sessionList(trpc, { ...sessionQueryOf(address), agentName }))]
            : []),
          ...(tab === "requests" ? [queryClient.prefetchInfiniteQuery(latestCalls(trpc, agentName))] : []),
        ])
      }
    >
      <AgentPage agentName={agentName} dashboardUrl={getPlatform().dashboardUrl} />
    </Prefetched>
  );
}

function toAddress(parts: Record<string, string | string[] | undefined>) {
  return {
    get: (name: string) => {
      const part = parts[name];
      return typeof part === "string" ? part : null;
    },
  };
}
