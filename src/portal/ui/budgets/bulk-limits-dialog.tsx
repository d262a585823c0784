"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { BudgetAction } from "#domain/budget.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import type { BudgetTableRow } from "#portal/ui/budgets/agent-budgets-table.tsx";
import { countOf } from "#portal/ui/format/counts.ts";
import { ActionChoice, LimitField } from "#portal/ui/limits/limits-fields.tsx";
import { SaveFailure } from "#portal/ui/limits/limits-form.tsx";
import { limitInput, limitProblem } from "#portal/ui/limits/prepare-limits-draft.ts";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";

type Rows = readonly BudgetTableRow[];
type BulkLimitsDialogProps = { isOpen: boolean; onClose: () => void; rows: Rows; onSaved: () => void };

/** Sets limits of several agents at once; what is not ticked stays as it is with each of them. */
export function BulkLimitsDialog({ isOpen, onClose, rows, onSaved }: BulkLimitsDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Limits of ${countOf(rows.length, "agent")}`}
      description="Tick what to change. Everything else stays as it is with each of them."
    >
      <BulkForm rows={rows} onCancel={onClose} onSaved={onSaved} />
    </Dialog>
  );
}

type BulkDraft = { daily: string | null; monthly: string | null; action: BudgetAction | null };

function BulkForm({ rows, onCancel, onSaved }: { rows: Rows; onCancel: () => void; onSaved: () => void }) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const [draft, setDraft] = useState<BulkDraft>({ daily: null, monthly: null, action: null });
  const set = useMutation(trpc.budgets.setMany.mutationOptions({ onSuccess: onSaved, onSettled: reload }));
  const problems = [draft.daily, draft.monthly].map((text) => (text === null ? null : limitProblem(text)));
  const isAnything = draft.daily !== null || draft.monthly !== null || draft.action !== null;
  const canSave = isAnything && problems.every((problem) => problem === null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!canSave || set.isPending) return;
    const agents = rows.map(({ name, budget }) => ({ agentName: name, version: budget.version }));
    const limits = {
      ...(draft.daily === null ? {} : { daily: limitInput(draft.daily) }),
      ...(draft.monthly === null ? {} : { monthly: limitInput(draft.monthly) }),
      ...(draft.action === null ? {} : { actionOnExceed: draft.action }),
    };
    set.mutate({ agents, limits });
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <Optional
        label="Change the daily limit"
        isOn={draft.daily !== null}
        onToggle={(isOn) => setDraft({ ...draft, daily: isOn ? "" : null })}
      >
        <LimitField
          label="Daily limit"
          text={draft.daily ?? ""}
          problem={problems[0] ?? null}
          onChange={(daily) => setDraft({ ...draft, daily })}
        />
      </Optional>
      <Optional
        label="Change the monthly limit"
        isOn={draft.monthly !== null}
        onToggle={(isOn) => setDraft({ ...draft, monthly: isOn ? "" : null })}
      >
        <LimitField
          label="Monthly limit"
          text={draft.monthly ?? ""}
          problem={problems[1] ?? null}
          onChange={(monthly) => setDraft({ ...draft, monthly })}
        />
      </Optional>
      <Optional
        label="Change what happens at a limit"
        isOn={draft.action !== null}
        onToggle={(isOn) => setDraft({ ...draft, action: isOn ? "block" : null })}
      >
        <ActionChoice chosen={draft.action} onChoose={(action) => setDraft({ ...draft, action })} />
      </Optional>
      <SaveFailure error={set.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={set.isPending} disabled={!canSave}>
          Save for all
        </Button>
      </div>
    </form>
  );
}

type OptionalProps = { label: string; isOn: boolean; onToggle: (isOn: boolean) => void; children: React.ReactNode };

function Optional({ label, isOn, onToggle, children }: OptionalProps) {
  return (
    <div className="grid gap-2 rounded-md border px-3 py-2">
      <label className="flex items-center gap-2.5 text-sm font-medium">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => onToggle(event.target.checked)}
          className="accent-accent"
        />
        {label}
      </label>
      {isOn ? children : null}
    </div>
  );
}
