"use client";

import { failureText } from "#portal/client/failure.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

/** A list that is read page by page, as far as its end and its beginning need it. */
export type PagedQuery = {
  error: unknown;
  isFetching: boolean;
  isFetchingNextPage: boolean;
  hasNextPage: boolean;
  isFetchNextPageError: boolean;
  refetch: () => unknown;
  fetchNextPage: () => unknown;
};

type ListEndProps = { shown: number /** One of the list, in a word. */; noun: string; query: PagedQuery };

/** How much of a list is there, and the way to more. */
export function ListEnd({ shown, noun, query }: ListEndProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 border-t px-4 pt-2.5 pb-1.5 text-xs text-ink-muted">
      <p aria-live="polite">
        {query.isFetchNextPageError
          ? `The next ${noun}s could not be loaded. ${failureText(query.error) ?? ""} `
          : null}
        {query.hasNextPage ? `${countOf(shown, noun)} shown` : `All ${countOf(shown, noun)} shown`}
      </p>
      {query.hasNextPage ? (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load more
        </Button>
      ) : null}
    </div>
  );
}

/** In place of a list that is not there yet, or could not be loaded. */
export function ListToCome({ noun, rows, query }: { noun: string; rows: number; query: PagedQuery }) {
  if (query.error === null) return <SkeletonRows rows={rows} label={`Loading the ${noun}s`} />;
  return (
    <FailedState
      what={`The ${noun}s could not be loaded.`}
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}
