"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { failureOf } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import type { LimitsToSave } from "#portal/ui/limits/limits-form.tsx";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";

export type SharedSubject = { scope: "fleet" } | { scope: "default" } | { scope: "pool"; poolId: number };

type Outcome = { onSaved: () => void; onConflict: (version: number) => void };

/** Saving the limits of the fleet, the default or a pool. */
export function useSharedLimits(subject: SharedSubject) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const reload = useReloadLimits();
  const set = useMutation(trpc.budgets.setShared.mutationOptions());
  const save = (limits: LimitsToSave, { onSaved, onConflict }: Outcome) =>
    set.mutate(
      { subject, limits },
      {
        onSuccess: async () => {
          await reload();
          onSaved();
        },
        onError: async (error) => {
          await reload();
          if (failureOf(error).code !== "CONFLICT") return;
          const overview = queryClient.getQueryData(trpc.budgets.overview.queryKey());
          if (overview !== undefined) onConflict(versionOf(overview, subject));
        },
      },
    );
  return { saving: set, save };
}

function versionOf(overview: BudgetOverview, subject: SharedSubject): number {
  if (subject.scope === "default") return overview.defaults.save.version;
  if (subject.scope === "fleet") return overview.fleet.budget.version;
  return overview.pools.find(({ id }) => id === subject.poolId)?.budget.version ?? 0;
}
