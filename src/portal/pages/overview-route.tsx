import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { daysOf } from "#portal/ui/agent/agent-tabs.ts";
import { OverviewPage } from "#portal/ui/overview/overview-page.tsx";

type OverviewRouteProps = { searchParams: Promise<{ days?: string | string[] }> };

/** `/overview` */
export async function OverviewRoute({ searchParams }: OverviewRouteProps) {
  await admitToPage("/overview");
  const { dashboardUrl } = getPlatform();
  const { days: asked } = await searchParams;
  const days = daysOf({ get: () => (typeof asked === "string" ? asked : null) });
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchQuery(trpc.overview.get.queryOptions({ days })),
          queryClient.prefetchQuery(trpc.insights.fleet.queryOptions({ days })),
          queryClient.prefetchQuery(trpc.overview.budgets.queryOptions()),
          queryClient.prefetchQuery(trpc.gateway.status.queryOptions()),
        ])
      }
    >
      <OverviewPage hasDashboard={dashboardUrl !== null} />
    </Prefetched>
  );
}
