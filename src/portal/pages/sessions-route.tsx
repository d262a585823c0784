import { admitToPage } from "#portal/auth/page-access.ts";
import { openSessionOf, sessionQueryOf } from "#portal/client/session-address.ts";
import { sessionList } from "#portal/client/session-list.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { SessionsPage } from "#portal/ui/sessions/sessions-page.tsx";

type SessionsRouteProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** `/sessions` */
export async function SessionsRoute({ searchParams }: SessionsRouteProps) {
  await admitToPage("/sessions");
  const parts = await searchParams;
  const address = {
    get: (name: string) => {
      const part = parts[name];
      return typeof part === "string" ? part : null;
    },
  };
  const openKey = openSessionOf(address);
  return (
    <Prefetched
      load={(trpc, queryClient) =>
        Promise.all([
          queryClient.prefetchInfiniteQuery(sessionList(trpc, sessionQueryOf(address))),
          queryClient.prefetchQuery(trpc.agents.names.queryOptions()),
          ...(openKey === null ? [] : [queryClient.prefetchQuery(trpc.sessions.one.queryOptions(openKey))]),
        ])
      }
    >
      <SessionsPage />
    </Prefetched>
  );
}
