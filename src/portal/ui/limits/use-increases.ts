"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useTRPC } from "#portal/client/trpc.ts";

/** Whatever follows from limits is fetched anew: lists, figures and alerts. */
export function useReloadLimits(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async () => {
    void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
    void queryClient.invalidateQueries(trpc.alerts.pathFilter());
    await Promise.all([
      queryClient.invalidateQueries(trpc.agents.get.pathFilter()),
      queryClient.invalidateQueries(trpc.budgets.status.pathFilter()),
      queryClient.invalidateQueries(trpc.budgets.overview.pathFilter()),
      queryClient.invalidateQueries(trpc.budgets.sharedIncreases.pathFilter()),
    ]);
  };
}

/** Answering requests and ending increases, for admins. */
export function useIncreaseDecisions() {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const decide = useMutation(trpc.budgets.decide.mutationOptions({ onSettled: reload }));
  const end = useMutation(trpc.budgets.endIncrease.mutationOptions({ onSettled: reload }));
  return { decide, end };
}
