import { admitToPage } from "#portal/auth/page-access.ts";
import { deliveryLog } from "#portal/client/delivery-log.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { NotificationsPage } from "#portal/ui/notifications/notifications-page.tsx";

/** `/settings/notifications` */
export async function NotificationsRoute() {
  await admitToPage("/settings/notifications");
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchQuery(trpc.notifications.channels.queryOptions()),
          queryClient.prefetchInfiniteQuery(deliveryLog(trpc)),
        ])
      }
    >
      <NotificationsPage />
    </Prefetched>
  );
}
