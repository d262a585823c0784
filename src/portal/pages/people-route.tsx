import { admitToPage } from "#portal/auth/page-access.ts";
import { Prefetched } from "#portal/pages/prefetched.tsx";
import { PeoplePage } from "#portal/ui/people/people-page.tsx";

/** `/people` */
export async function PeopleRoute() {
  await admitToPage("/people");
  return (
    <Prefetched load={(trpc, queryClient) => queryClient.prefetchQuery(trpc.people.list.queryOptions())}>
      <PeoplePage />
    </Prefetched>
  );
}
