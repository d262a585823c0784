import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { HeliconeSettingsPage } from "#portal/ui/observability/helicone-settings-page.tsx";

/** `/settings/observability` */
export async function HeliconeSettingsRoute() {
  await admitToPage("/settings/observability");
  const { dashboardUrl, dashboardObstacle } = getPlatform();
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        dashboardUrl === null
          ? Promise.resolve()
          : Promise.all([
              queryClient.prefetchQuery(trpc.helicone.status.queryOptions()),
              queryClient.prefetchQuery(trpc.helicone.logSettings.queryOptions()),
            ])
      }
    >
      <HeliconeSettingsPage dashboardUrl={dashboardUrl} dashboardObstacle={dashboardObstacle()} />
    </Prefetched>
  );
}
