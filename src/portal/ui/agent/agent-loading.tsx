import { Skeleton, SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

/** An agent's page while it is loading: its places, in the sizes that they will have. */
export function AgentLoading() {
  return (
    <>
      <div className="mb-3 h-4.5" />
      <div className="mb-4 grid items-end gap-x-10 gap-y-4 md:grid-cols-[1fr_auto]">
        <div>
          <Skeleton className="h-6.5 w-40" />
          <Skeleton className="mt-2 h-3.5 w-56" />
          <Skeleton className="mt-4 h-9 w-44" />
        </div>
        <div aria-hidden className="grid gap-3 md:w-96">
          <Skeleton className="h-8 w-full" />
          <Skeleton className="h-8 w-full" />
        </div>
      </div>
      <div className="h-9 border-b max-md:h-11" />
      <div className="mt-4 rounded-lg border bg-surface">
        <SkeletonRows rows={9} label="Loading the agent" />
      </div>
    </>
  );
}
