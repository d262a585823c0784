"use client";

import { useMutation } from "@tanstack/react-query";

import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { PoolNameForm } from "#portal/ui/budgets/pool-name-form.tsx";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";

type PoolDialogProps = { isOpen: boolean; onClose: () => void; pool: { id: number; name: string } };

/** Gives a pool another name. */
export function RenamePoolDialog({ isOpen, onClose, pool }: PoolDialogProps) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const rename = useMutation(
    trpc.pools.rename.mutationOptions({
      onSuccess: async () => {
        await reload();
        onClose();
      },
    }),
  );
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={`Rename “${pool.name}”`} description="Its limits and agents stay.">
      <PoolNameForm
        name={pool.name}
        action="Rename"
        isBusy={rename.isPending}
        failure={failureText(rename.error)}
        onCancel={onClose}
        onSave={(name) => rename.mutate({ poolId: pool.id, seenName: pool.name, name })}
      />
    </Dialog>
  );
}

/** Removes a pool; its agents stay. */
export function RemovePoolDialog({ isOpen, onClose, pool }: PoolDialogProps) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const remove = useMutation(
    trpc.pools.remove.mutationOptions({
      onSuccess: async () => {
        onClose();
        await reload();
      },
    }),
  );
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Remove the pool “${pool.name}”?`}
      consequence="Its budget is gone and its agents are in no pool. Their own limits stay, and so does what they have cost."
      action="Remove the pool"
      onConfirm={() => remove.mutate({ poolId: pool.id })}
      isBusy={remove.isPending}
      failure={failureText(remove.error)}
    />
  );
}
