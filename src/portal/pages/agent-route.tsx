import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { AgentPage } from "#portal/ui/agent/agent-page.tsx";
import { daysOf } from "#portal/ui/agent/agent-tabs.ts";

type AgentRouteProps = { params: Promise<{ name: string }>; searchParams: Promise<{ days?: string | string[] }> };

/** `/agents/[name]` */
export async function AgentRoute({ params, searchParams }: AgentRouteProps) {
  const agentName = (await params).name;
  await admitToPage("/agents/[name]", agentName);
  const { days: wanted } = await searchParams;
  const days = daysOf({ get: () => (typeof wanted === "string" ? wanted : null) });
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchQuery(trpc.agents.get.queryOptions({ agentName })),
          queryClient.prefetchQuery(trpc.gateway.status.queryOptions()),
          queryClient.prefetchQuery(trpc.costs.byDay.queryOptions({ agentName, days })),
          queryClient.prefetchQuery(trpc.costs.byModel.queryOptions({ agentName, days })),
        ])
      }
    >
      <AgentPage agentName={agentName} />
    </Prefetched>
  );
}
