"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import type { BudgetTableRow } from "#portal/ui/budgets/agent-budgets-table.tsx";
import { BulkLimitsDialog } from "#portal/ui/budgets/bulk-limits-dialog.tsx";
import { countOf } from "#portal/ui/format/counts.ts";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type BulkBarProps = { rows: readonly BudgetTableRow[]; pools: BudgetOverview["pools"]; onDone: () => void };

/** What can be done with the chosen agents together: all of them are changed, or none. */
export function BulkBar({ rows, pools, onDone }: BulkBarProps) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const [isEditing, setEditing] = useState(false);
  const outcome = { onSuccess: onDone, onSettled: reload };
  const follow = useMutation(trpc.budgets.followMany.mutationOptions(outcome));
  const move = useMutation(trpc.pools.move.mutationOptions(outcome));
  const error = follow.error ?? move.error;
  if (rows.length === 0) return null;
  const reset = () => {
    follow.reset();
    move.reset();
  };
  return (
    <div className="grid gap-2 border-y bg-sunken px-4 py-2">
      <div role="toolbar" aria-label="For the chosen agents" className="flex flex-wrap items-center gap-2">
        <p aria-live="polite" className="mr-2 text-sm font-medium">
          {countOf(rows.length, "agent")} chosen
        </p>
        <Button look="primary" onClick={() => setEditing(true)}>
          Edit limits…
        </Button>
        <Button
          isBusy={follow.isPending}
          onClick={() => {
            reset();
            follow.mutate({
              agents: rows.map(({ name, budget }) => ({ agentName: name, version: budget.version })),
            });
          }}
        >
          Follow the default
        </Button>
        <select
          aria-label="Put into a pool"
          value=""
          disabled={move.isPending}
          onChange={({ target: { value } }) => {
            reset();
            const agents = rows.map(({ name, poolId }) => ({ agentName: name, seenPoolId: poolId }));
            move.mutate({ poolId: value === "none" ? null : Number(value), agents });
          }}
          className="h-8 rounded-md border bg-surface px-2 text-sm max-md:h-10"
        >
          <option value="" disabled>
            Put into a pool…
          </option>
          {pools.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          <option value="none">No pool</option>
        </select>
        <Button look="quiet" onClick={onDone}>
          Choose none
        </Button>
      </div>
      {error === null ? null : <Notice tone="near" title={failureText(error)} />}
      <BulkLimitsDialog
        isOpen={isEditing}
        onClose={() => setEditing(false)}
        rows={rows}
        onSaved={() => {
          setEditing(false);
          onDone();
        }}
      />
    </div>
  );
}
