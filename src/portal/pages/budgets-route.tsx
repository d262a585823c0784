import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { BudgetsPage } from "#portal/ui/budgets/budgets-page.tsx";

/** `/budgets` */
export async function BudgetsRoute() {
  await admitToPage("/budgets");
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchQuery(trpc.budgets.overview.queryOptions()),
          queryClient.prefetchQuery(trpc.rateLimits.defaults.queryOptions()),
          queryClient.prefetchQuery(trpc.gateway.status.queryOptions()),
        ])
      }
    >
      <BudgetsPage />
    </Prefetched>
  );
}
