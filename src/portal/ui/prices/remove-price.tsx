"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { ModelPrices } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";

/** Asks before a price that people set is taken away. */
export function RemovePrice({ model, id, onClose }: { model: ModelPrices; id: number; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.prices.remove.mutationOptions({
      onSuccess: onClose,
      onSettled: () => queryClient.invalidateQueries(trpc.prices.pathFilter()),
    }),
  );
  const isLast = model.builtIn === null && model.overrides.length === 1;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Remove this price of ${model.model}?`}
      consequence={
        isLast
          ? "No other price of it is known: calls are then charged as the dearest model of its family, or of all. What calls cost so far stays."
          : "Calls from now on are charged by the price before it. What calls cost so far stays."
      }
      action="Remove the price"
      onConfirm={() => remove.mutate({ model: model.model, id, mark: model.mark })}
      isBusy={remove.isPending}
      failure={failureText(remove.error)}
    />
  );
}
