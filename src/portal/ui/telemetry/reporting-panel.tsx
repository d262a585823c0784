"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";

const CHOICES = [
  { value: "default", label: "As all agents" },
  { value: "on", label: "On" },
  { value: "off", label: "Off" },
] as const;
type Choice = (typeof CHOICES)[number]["value"];
const REPORTS: Record<Choice, boolean | null> = { default: null, on: true, off: false };

/** When a choice is in force: it is in the agent's environment. */
const IN_FORCE: Record<AgentDetail["runtime"], string> = {
  external: "",
  process: "In force when it is next made again: by a new key, or by saving its routing.",
  docker: "In force when it is next made again: by a new key, or by saving its routing.",
  adopted: "In force when its container is next routed.",
};

/** Whether an agent, whose environment is ours to make, is made to report what it does. */
export function ReportingPanel({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const save = useMutation(
    trpc.agents.setTelemetry.mutationOptions({
      onSuccess: (changed) => queryClient.setQueryData(trpc.agents.get.queryKey({ agentName: agent.name }), changed),
    }),
  );
  const choose = (choice: Choice) => save.mutate({ agentName: agent.name, reports: REPORTS[choice] });
  return (
    <Panel title="Telemetry" note="What Claude Code reports of itself: costs, changed lines, tools">
      <div className="grid justify-items-start gap-3 text-sm">
        <SwitchGroup
          label="Report telemetry"
          options={CHOICES}
          value={choiceOf(agent.reportsTelemetry)}
          onChange={choose}
        />
        <p className="text-ink-muted">{IN_FORCE[agent.runtime]}</p>
        {save.error ? <Notice tone="stop" title={failureText(save.error)} /> : null}
        <p role="status" className="text-xs text-ink-muted">
          {save.isSuccess ? "Saved." : ""}
        </p>
      </div>
    </Panel>
  );
}

function choiceOf(reports: boolean | null): Choice {
  if (reports === null) return "default";
  return reports ? "on" : "off";
}
