import type { ReactNode } from "react";

import { failureText } from "#portal/client/failure.ts";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";

type Query<T> = { data: T | undefined; error: unknown; isFetching: boolean; refetch: () => unknown };
type WhenLoadedProps<T> = { query: Query<T>; what: string; skeleton: ReactNode; children: (data: T) => ReactNode };

/** What was loaded; until then its place, and when that fails a way to try again. Older figures beat none. */
export function WhenLoaded<T>({ query, what, skeleton, children }: WhenLoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null) return skeleton;
  return (
    <FailedState
      what={`${what} could not be loaded.`}
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}
