"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { useTRPC } from "#portal/client/trpc.ts";

/**
 * Notes that the person has seen the alerts up to this one. The list stays as it is: what was new when it was opened is still
 * marked so until it is loaded anew.
 */
export function useSeenAlerts(newestId: bigint | null): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate } = useMutation(
    trpc.alerts.markSeen.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.alerts.unread.queryFilter()),
    }),
  );
  const upTo = newestId?.toString() ?? null;
  useEffect(() => {
    if (upTo !== null) mutate({ upTo });
  }, [upTo, mutate]);
}
