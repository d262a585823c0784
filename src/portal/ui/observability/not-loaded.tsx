"use client";

import type { ReactNode } from "react";

import { failureText } from "#portal/client/failure.ts";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";

type NotLoadedProps = {
  query: { error: unknown; isFetching: boolean; refetch: () => unknown };
  /** What is missing, as a sentence. */
  what: string;
  /** Its places while it is loading. */
  children: ReactNode;
};

/** Instead of an answer that has not come: its places, or why it does not come. */
export function NotLoaded({ query, what, children }: NotLoadedProps) {
  if (query.error === null) return children;
  return (
    <FailedState
      what={what}
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}
