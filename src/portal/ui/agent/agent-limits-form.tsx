"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { AgentDetail } from "#portal/client/answers.ts";
import { failureOf } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { LimitsForm } from "#portal/ui/limits/limits-form.tsx";
import { savedLimitsOf } from "#portal/ui/limits/prepare-limits-draft.ts";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { AgentWhatIf } from "#portal/ui/limits/what-if-line.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";

/** Sets an agent's own limits, or lets it follow the default again. For admins. */
export function AgentLimitsForm({ agent: { name: agentName, budget } }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const reload = useReloadLimits();
  const set = useMutation(trpc.budgets.set.mutationOptions());
  const clear = useMutation(trpc.budgets.clear.mutationOptions({ onSettled: reload }));
  return (
    <LimitsForm
      saved={{ ...savedLimitsOf(budget), version: budget.version }}
      saving={{
        isPending: set.isPending,
        isSuccess: set.isSuccess,
        error: set.error ?? clear.error,
        reset: set.reset,
      }}
      mayAdopt={budget.followsDefault}
      renderWhatIf={(draft) => <AgentWhatIf agentName={agentName} draft={draft} />}
      onSave={(limits, { onSaved, onConflict }) => {
        clear.reset();
        set.mutate(
          { agentName, ...limits },
          {
            onSuccess: async () => {
              await reload();
              onSaved();
            },
            onError: async (error) => {
              await reload();
              if (failureOf(error).code !== "CONFLICT") return;
              const newer = queryClient.getQueryData(trpc.agents.get.queryKey({ agentName }));
              if (newer !== undefined) onConflict(newer.budget.version);
            },
          },
        );
      }}
      actions={
        budget.followsDefault ? null : (
          <Button
            look="quiet"
            className="ml-auto"
            isBusy={clear.isPending}
            onClick={() => {
              set.reset();
              clear.mutate({ agentName, version: budget.version });
            }}
          >
            Follow the default
          </Button>
        )
      }
    />
  );
}
