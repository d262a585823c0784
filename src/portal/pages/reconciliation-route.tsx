import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { daysOf } from "#portal/ui/agent/agent-tabs.ts";
import { ReconciliationPage } from "#portal/ui/reconciliation/reconciliation-page.tsx";

type ReconciliationRouteProps = { searchParams: Promise<{ days?: string | string[] }> };

/** `/observability/reconciliation` */
export async function ReconciliationRoute({ searchParams }: ReconciliationRouteProps) {
  await admitToPage("/observability/reconciliation");
  const { dashboardUrl } = getPlatform();
  const { days: wanted } = await searchParams;
  const days = daysOf({ get: () => (typeof wanted === "string" ? wanted : null) });
  return (
    <Prefetched
      load={async (trpc, queryClient) => {
        if (dashboardUrl !== null) await queryClient.prefetchQuery(trpc.reconciliation.overview.queryOptions({ days }));
      }}
    >
      <ReconciliationPage dashboardUrl={dashboardUrl} />
    </Prefetched>
  );
}
