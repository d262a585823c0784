import { admitToPage } from "#portal/auth/page-access.ts";
import { alertChoiceOf, latestAlerts } from "#portal/client/latest-alerts.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { AlertsPage } from "#portal/ui/alerts/alerts-page.tsx";

type AlertsRouteProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** `/alerts` */
export async function AlertsRoute({ searchParams }: AlertsRouteProps) {
  await admitToPage("/alerts");
  const parts = await searchParams;
  const choice = alertChoiceOf({
    get: (name) => {
      const part = parts[name];
      return typeof part === "string" ? part : null;
    },
  });
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchInfiniteQuery(latestAlerts(trpc, choice)),
          queryClient.prefetchQuery(trpc.agents.names.queryOptions()),
        ])
      }
    >
      <AlertsPage />
    </Prefetched>
  );
}
