"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type Pool = BudgetOverview["pools"][number];
type MembersProps = { pool: Pool; pools: readonly Pool[]; agents: BudgetOverview["agents"] };
type PoolMembersDialogProps = MembersProps & { isOpen: boolean; onClose: () => void };

/** Chooses who is in a pool. */
export function PoolMembersDialog({ isOpen, onClose, ...members }: PoolMembersDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Agents of “${members.pool.name}”`}
      description="What an agent has spent in the current day and month comes along with it."
    >
      <MembersForm {...members} onDone={onClose} />
    </Dialog>
  );
}

function MembersForm({ pool, pools, agents, onDone }: MembersProps & { onDone: () => void }) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const move = useMutation(trpc.pools.move.mutationOptions({ onSettled: reload }));
  const isIn = (agent: MembersProps["agents"][number]) => changed.get(agent.name) ?? agent.poolId === pool.id;
  const save = async () => {
    const toSeen = ({ name: agentName, poolId: seenPoolId }: MembersProps["agents"][number]) => ({
      agentName,
      seenPoolId,
    });
    const coming = agents.filter((agent) => agent.poolId !== pool.id && isIn(agent)).map(toSeen);
    const leaving = agents.filter((agent) => agent.poolId === pool.id && !isIn(agent)).map(toSeen);
    try {
      if (coming.length > 0) await move.mutateAsync({ poolId: pool.id, agents: coming });
      if (leaving.length > 0) await move.mutateAsync({ poolId: null, agents: leaving });
      onDone();
    } catch {
      // the mutation holds the failure, which is shown below
    }
  };
  const poolName = (id: number | null) => pools.find((other) => other.id === id)?.name;
  return (
    <div className="grid gap-3">
      {agents.length === 0 ? (
        <p className="text-sm text-ink-muted">There is no agent yet.</p>
      ) : (
        <fieldset className="max-h-80 overflow-y-auto rounded-md border">
          <legend className="sr-only">Agents in this pool</legend>
          {agents.map((agent) => (
            <label key={agent.name} className="flex min-h-9 items-center gap-2.5 border-b px-3 text-sm last:border-b-0">
              <input
                type="checkbox"
                checked={isIn(agent)}
                onChange={(event) => setChanged(new Map(changed).set(agent.name, event.target.checked))}
                className="accent-accent"
              />
              <span className="min-w-0 flex-1 break-all">{agent.name}</span>
              {agent.poolId === null || agent.poolId === pool.id ? null : (
                <span className="text-xs text-ink-muted">now in {poolName(agent.poolId)}</span>
              )}
            </label>
          ))}
        </fieldset>
      )}
      {move.error ? <Notice tone="near" title={failureText(move.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button look="primary" isBusy={move.isPending} disabled={changed.size === 0} onClick={() => void save()}>
          Save its agents
        </Button>
      </div>
    </div>
  );
}
