"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { AgentBudgets, AgentDetail } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { moreAbove } from "#portal/ui/budget/prepare-budget.ts";
import { IncreaseDialog } from "#portal/ui/limits/increase-dialog.tsx";
import { IncreaseList } from "#portal/ui/limits/increase-list.tsx";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

/** What was given or asked for on top of the agent's limits; admins give more, owners ask for it. */
export function AgentIncreases({ agent, budgets }: { agent: AgentDetail; budgets: AgentBudgets }) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const [isOpen, setOpen] = useState(false);
  const outcome = {
    onSuccess: async () => {
      await reload();
      setOpen(false);
    },
  };
  const grant = useMutation(trpc.budgets.grant.mutationOptions(outcome));
  const request = useMutation(trpc.budgets.requestIncrease.mutationOptions(outcome));
  const saving = agent.mayEdit ? grant : request;
  const isLimited = budgets.budget.day.savedLimit !== null || budgets.budget.month.savedLimit !== null;
  const { stoppedBy } = budgets;
  const isStoppedAbove = stoppedBy !== null && budgets.budget.state !== "blocked";
  return (
    <Panel
      title="More for a while"
      note="On top of the limits, with an end."
      actions={
        isLimited && (agent.mayEdit || !isStoppedAbove) ? (
          <Button
            onClick={() => {
              saving.reset();
              setOpen(true);
            }}
          >
            {agent.mayEdit ? "Give more…" : "Ask for more…"}
          </Button>
        ) : null
      }
    >
      {stoppedBy === null ? null : (
        <Notice tone="stop" title="More of its own limit would not let it continue." className="mb-4">
          {moreAbove(stoppedBy, agent.mayEdit)}
        </Notice>
      )}
      <IncreaseList
        increases={budgets.increases}
        timeZone={budgets.budget.timeZone}
        mayDecide={agent.mayEdit}
        empty={
          isLimited
            ? "Nothing has been given or asked for."
            : "There is no limit, so there is nothing that could be raised."
        }
      />
      <IncreaseDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        budget={budgets.budget}
        mode={agent.mayEdit ? "give" : "ask"}
        saving={saving}
        onSave={(increase) => saving.mutate({ agentName: agent.name, ...increase })}
      />
    </Panel>
  );
}
