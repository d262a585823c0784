import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { AccountPage } from "#portal/ui/account/account-page.tsx";

/** `/account` */
export async function AccountRoute() {
  await admitToPage("/account");
  return (
    <Prefetched load={(trpc, queryClient) => queryClient.prefetchQuery(trpc.apiKeys.list.queryOptions())}>
      <AccountPage portalUrl={getPlatform().portalUrl} />
    </Prefetched>
  );
}
