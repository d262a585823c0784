"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { BUDGET_ACTIONS, type BudgetAction } from "#domain/budget.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureOf, failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import {
  type BudgetDraft,
  draftAdvice,
  isChanged,
  limitInput,
  limitProblem,
  toDraft,
} from "#portal/ui/agent/prepare-budget-draft.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

const ACTIONS: Record<BudgetAction, { label: string; effect: string }> = {
  block: {
    label: "Block",
    effect:
      "The next call is refused. The agent stops at once and says that its limit is reached; its session stays intact.",
  },
  warn: { label: "Warn", effect: "Calls continue. Crossing 50, 80 and 100 % is recorded and shown here." },
  none: { label: "Nothing", effect: "Limits are shown on the bars and have no other effect." },
};

/** What is being typed, and the version of the limits that the person saw when they began. */
type Edited = { draft: BudgetDraft; version: number };

/**
 * Sets the limits. Untouched it follows what is saved; what is being typed is never overwritten, and never
 * overwrites unseen what somebody else has saved since.
 */
export function BudgetForm({ agent }: { agent: AgentDetail }) {
  const { budget } = agent;
  const [edited, setEdited] = useState<Edited | null>(null);
  const { set, clear } = useBudgetMutations(agent.name, {
    onSaved: () => setEdited(null),
    onConflict: (version) => setEdited((before) => before && { ...before, version }),
  });
  const { draft, version } = edited ?? { draft: toDraft(budget), version: budget.version };
  const change = (part: Partial<BudgetDraft>) => setEdited({ draft: { ...draft, ...part }, version });
  const problems = { daily: limitProblem(draft.daily), monthly: limitProblem(draft.monthly) };
  const canSave =
    problems.daily === null && problems.monthly === null && (isChanged(draft, budget) || budget.version === 0);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!canSave) return;
    clear.reset();
    const { actionOnExceed } = draft;
    const [daily, monthly] = [limitInput(draft.daily), limitInput(draft.monthly)];
    set.mutate({ agentName: agent.name, version, daily, monthly, actionOnExceed });
  };

  return (
    <form onSubmit={submit} className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <LimitField
          label="Daily limit"
          text={draft.daily}
          problem={problems.daily}
          onChange={(daily) => change({ daily })}
        />
        <LimitField
          label="Monthly limit"
          text={draft.monthly}
          problem={problems.monthly}
          onChange={(monthly) => change({ monthly })}
        />
      </div>
      <ActionChoice chosen={draft.actionOnExceed} onChoose={(actionOnExceed) => change({ actionOnExceed })} />
      <p aria-live="polite" className="min-h-4.5 text-xs text-ink-muted">
        {draftAdvice(draft)}
      </p>
      <SaveFailure error={set.error ?? clear.error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" isBusy={set.isPending} disabled={!canSave}>
          Save limits
        </Button>
        {edited === null ? null : <Button onClick={() => setEdited(null)}>Discard changes</Button>}
        {budget.version > 0 ? (
          <Button
            look="quiet"
            className="ml-auto"
            isBusy={clear.isPending}
            onClick={() => {
              set.reset();
              clear.mutate({ agentName: agent.name, version: budget.version });
            }}
          >
            Remove all limits
          </Button>
        ) : null}
        <p role="status" className="text-xs text-ink-muted">
          {set.isSuccess && edited === null ? "Saved. It is in force for the next call." : ""}
        </p>
      </div>
    </form>
  );
}

type BudgetOutcomes = {
  onSaved: () => void /** With the version that is saved now. */;
  onConflict: (version: number) => void;
};

/** Whatever the outcome, the saved values are loaded anew: after a conflict they are somebody else's. */
function useBudgetMutations(agentName: string, { onSaved, onConflict }: BudgetOutcomes) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const reload = async () => {
    void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
    await queryClient.invalidateQueries(trpc.agents.get.queryFilter({ agentName }));
  };
  const onSuccess = async () => {
    await reload();
    onSaved();
  };
  const onError = async (error: unknown) => {
    await reload();
    if (failureOf(error).code !== "CONFLICT") return;
    const agent = queryClient.getQueryData(trpc.agents.get.queryKey({ agentName }));
    if (agent !== undefined) onConflict(agent.budget.version);
  };
  const set = useMutation(trpc.budgets.set.mutationOptions({ onSuccess, onError }));
  const clear = useMutation(trpc.budgets.clear.mutationOptions({ onSuccess, onError }));
  return { set, clear };
}

type LimitFieldProps = { label: string; text: string; problem: string | null; onChange: (text: string) => void };

function LimitField({ label, text, problem, onChange }: LimitFieldProps) {
  return (
    <TextField
      label={label}
      prefix="$"
      hint="Empty for no limit."
      inputMode="decimal"
      autoComplete="off"
      value={text}
      problem={problem}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

type ActionChoiceProps = { chosen: BudgetAction; onChoose: (action: BudgetAction) => void };

function ActionChoice({ chosen, onChoose }: ActionChoiceProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">When a limit is reached</legend>
      <div className="grid gap-px overflow-hidden rounded-md border bg-line">
        {BUDGET_ACTIONS.map((action) => (
          <label key={action} className="flex items-start gap-2.5 bg-surface px-3 py-2 has-checked:bg-accent-soft">
            <input
              type="radio"
              name="actionOnExceed"
              value={action}
              checked={chosen === action}
              onChange={() => onChoose(action)}
              className="mt-1 accent-accent"
            />
            <span className="text-sm">
              <span className="font-medium">{ACTIONS[action].label}</span>
              <span className="block text-xs text-ink-muted">{ACTIONS[action].effect}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function SaveFailure({ error }: { error: unknown }) {
  if (error === null) return null;
  const isConflict = failureOf(error).code === "CONFLICT";
  return (
    <Notice tone={isConflict ? "near" : "stop"} title={failureText(error)}>
      {isConflict
        ? "The saved values on the left are up to date now, and what you typed is still here. Save again to put it in their place."
        : null}
    </Notice>
  );
}
