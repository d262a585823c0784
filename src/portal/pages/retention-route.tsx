import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { RetentionPage } from "#portal/ui/retention/retention-page.tsx";

/** `/settings/retention` */
export async function RetentionRoute() {
  await admitToPage("/settings/retention");
  return (
    <Prefetched load={(trpc, queryClient) => queryClient.prefetchQuery(trpc.retention.get.queryOptions())}>
      <RetentionPage />
    </Prefetched>
  );
}
