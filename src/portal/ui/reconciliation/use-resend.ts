"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useTRPC } from "#portal/client/trpc.ts";

/** Missing calls of one UTC day: of one agent or, null, of all. */
export type ResendScope = { day: string; agentName: string | null };

/** Sends again what Helicone lacks, day by day, and says how many calls that were; what is shown of them is loaded anew. */
export function useResend() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutateAsync } = useMutation(trpc.reconciliation.resend.mutationOptions());
  return useMutation({
    async mutationFn(scopes: readonly ResendScope[]) {
      let sent = 0;
      for (const scope of scopes) sent += (await mutateAsync(scope)).requests;
      return sent;
    },
    onSettled: () => queryClient.invalidateQueries(trpc.reconciliation.pathFilter()),
  });
}
