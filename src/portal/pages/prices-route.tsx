import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { PricesPage } from "#portal/ui/prices/prices-page.tsx";

/** `/settings/prices` */
export async function PricesRoute() {
  await admitToPage("/settings/prices");
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchQuery(trpc.prices.list.queryOptions()),
          queryClient.prefetchQuery(trpc.prices.unpriced.queryOptions()),
          queryClient.prefetchQuery(trpc.prices.changes.queryOptions()),
        ])
      }
    >
      <PricesPage />
    </Prefetched>
  );
}
