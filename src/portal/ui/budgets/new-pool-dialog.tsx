"use client";

import { useMutation } from "@tanstack/react-query";

import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { PoolNameForm } from "#portal/ui/budgets/pool-name-form.tsx";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";

type NewPoolDialogProps = { isOpen: boolean; onClose: () => void; onCreated: (poolId: number) => void };

/** Makes a pool; its limits are set next. */
export function NewPoolDialog({ isOpen, onClose, onCreated }: NewPoolDialogProps) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const create = useMutation(
    trpc.pools.create.mutationOptions({
      onSuccess: async ({ id }) => {
        await reload();
        onCreated(id);
      },
    }),
  );
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="New pool"
      description="Agents that share one budget. An agent is in one pool at most."
    >
      <PoolNameForm
        name=""
        action="Make the pool"
        isBusy={create.isPending}
        failure={failureText(create.error)}
        onCancel={onClose}
        onSave={(name) => create.mutate({ name })}
      />
    </Dialog>
  );
}
