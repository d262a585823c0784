import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { AgentsPage } from "#portal/ui/agents/agents-page.tsx";

/** `/agents` */
export async function AgentsRoute() {
  await admitToPage("/agents");
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchQuery(trpc.agents.list.queryOptions()),
          queryClient.prefetchQuery(trpc.gateway.status.queryOptions()),
        ])
      }
    >
      <AgentsPage />
    </Prefetched>
  );
}
