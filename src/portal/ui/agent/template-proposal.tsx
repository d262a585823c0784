"use client";

import { useMutation, useQuery } from "@tanstack/react-query";

import { parseUsd } from "#domain/money.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { limitsText } from "#portal/ui/budgets/prepare-budget-rows.ts";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

/**
 * What the agent's template proposes, for an admin to put in force as it is read here. The agent can write that file, so it is
 * asked once, and what was seen is what is saved.
 */
export function TemplateProposal({ agent: { name: agentName, budget } }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const query = useQuery(trpc.budgets.template.queryOptions({ agentName }, { staleTime: Number.POSITIVE_INFINITY }));
  const set = useMutation(trpc.budgets.set.mutationOptions({ onSettled: reload }));
  if (query.data === null || query.data === undefined) return null; // no proposal, or no engine to ask
  const { daily, monthly, actionOnExceed } = query.data;
  // What the template says nothing of stays as the default has it.
  const limits = {
    day: daily === null ? budget.day.savedLimit : parseUsd(daily),
    month: monthly === null ? budget.month.savedLimit : parseUsd(monthly),
  };
  const action = actionOnExceed ?? budget.actionOnExceed;
  return (
    <Notice
      tone="plain"
      title={`Its template proposes: ${limitsText(limits, action)}.`}
      action={
        <Button
          isBusy={set.isPending}
          onClick={() =>
            set.mutate({
              agentName,
              version: budget.version,
              daily: daily ?? undefined,
              monthly: monthly ?? undefined,
              actionOnExceed: action,
            })
          }
        >
          Use these limits
        </Button>
      }
    >
      {set.error
        ? failureText(set.error)
        : "Read from its template.yaml, which the agent can write: look before you agree."}
    </Notice>
  );
}
