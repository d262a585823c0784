import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { ObservabilityPage } from "#portal/ui/observability/observability-page.tsx";

/** `/observability` */
export async function ObservabilityRoute() {
  await admitToPage("/observability");
  return <ObservabilityPage dashboardUrl={getPlatform().dashboardUrl} />;
}
