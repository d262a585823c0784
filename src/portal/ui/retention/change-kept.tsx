"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type { KeptDays } from "#domain/retention.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { cappedText, keptText } from "#portal/ui/retention/kept-words.ts";

/** Asks whether calls shall be kept for so long, and says how many would go. */
export function ChangeKept({ keptDays, onClose }: { keptDays: KeptDays; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const preview = useQuery(trpc.retention.preview.queryOptions({ keptDays }));
  const change = useMutation(
    trpc.retention.set.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queryClient.invalidateQueries(trpc.retention.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={keptDays === null ? "Keep calls for ever?" : `Keep calls for ${keptText(keptDays)}?`}
      consequence={
        <Consequence removed={preview.data === undefined || keptDays === null ? null : cappedText(preview.data)} />
      }
      action="Change it"
      onConfirm={() => change.mutate({ keptDays })}
      isBusy={change.isPending}
      failure={failureText(change.error) ?? failureText(preview.error)}
    />
  );
}

/** `removed` null: none, or not counted yet. */
function Consequence({ removed }: { removed: string | null }) {
  return (
    <p>
      {removed === null ? "No call is removed that is within this." : `Now ${removed} would go, and not come back.`}{" "}
      What was spent in sum stays.
    </p>
  );
}
