"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useTRPC } from "#portal/client/trpc.ts";

/** Sends again what Helicone lacks; what is shown of the calls is loaded anew afterwards. */
export function useResend() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.reconciliation.resend.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.reconciliation.pathFilter()),
    }),
  );
}
