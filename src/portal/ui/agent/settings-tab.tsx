"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { OwnerField } from "#portal/ui/agents/owner-field.tsx";
import { CalendarDay } from "#portal/ui/format/instant.tsx";
import { AgentLogPanel } from "#portal/ui/observability/agent-log-panel.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { CallsPanel } from "#portal/ui/routing/calls-panel.tsx";
import { ReportingPanel } from "#portal/ui/telemetry/reporting-panel.tsx";

/** Who owns the agent, what it is called for, and its end. For admins. */
export function SettingsTab({ agent }: { agent: AgentDetail }) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Panel title="Owner and type" note={<CreatedOn agent={agent} />}>
        <OwnershipForm agent={agent} />
      </Panel>
      {agent.runtime === "process" || agent.runtime === "docker" ? <CallsPanel agent={agent} /> : null}
      {agent.runtime === "external" ? null : <ReportingPanel agent={agent} />}
      <AgentLogPanel agent={agent} />
      <Panel title="Remove this agent">
        <RemoveAgent agentName={agent.name} runtime={agent.runtime} />
      </Panel>
    </div>
  );
}

function CreatedOn({ agent }: { agent: AgentDetail }) {
  return (
    <>
      Created on <CalendarDay at={agent.createdAt} />.
    </>
  );
}

function OwnershipForm({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const saved = { ownerId: agent.owner?.id ?? null, type: agent.type ?? "" };
  const [edited, setEdited] = useState<typeof saved | null>(null);
  const draft = edited ?? saved;
  const update = useMutation(
    trpc.agents.update.mutationOptions({
      onSuccess: (changed) => {
        queryClient.setQueryData(trpc.agents.get.queryKey({ agentName: agent.name }), changed);
        void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
        void queryClient.invalidateQueries(trpc.agents.names.queryFilter());
        setEdited(null);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const type = draft.type.trim();
    update.mutate({ agentName: agent.name, ownerId: draft.ownerId, type: type === "" ? null : type });
  };

  return (
    <form onSubmit={submit} className="grid gap-3">
      <OwnerField
        ownerId={draft.ownerId}
        current={agent.owner}
        onChange={(ownerId) => setEdited({ ...draft, ownerId })}
      />
      <TextField
        label="Type"
        hint="For finding and grouping. May be empty."
        value={draft.type}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => setEdited({ ...draft, type: event.target.value })}
      />
      {update.error ? <Notice tone="stop" title={failureText(update.error)} /> : null}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" isBusy={update.isPending} disabled={edited === null}>
          Save
        </Button>
        <p role="status" className="text-xs text-ink-muted">
          {update.isSuccess && edited === null ? "Saved." : ""}
        </p>
      </div>
    </form>
  );
}

const REMOVALS: Record<AgentDetail["runtime"], string> = {
  external: "This cannot be taken back. Calls with its key are refused from now on.",
  process: "This cannot be taken back. It is stopped, and its folder with all its files is removed.",
  docker: "This cannot be taken back. Its container and its volume, with all its files, are removed.",
  adopted: "Its container is given back as it was; nothing of it is removed. Its calls are not metered from now on.",
};

function RemoveAgent({ agentName, runtime }: { agentName: string; runtime: AgentDetail["runtime"] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const remove = useMutation(
    trpc.agents.remove.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
        void queryClient.invalidateQueries(trpc.agents.names.queryFilter());
        router.push("/agents");
      },
    }),
  );
  return (
    <div className="grid gap-3 text-sm">
      <p className="text-ink-muted">
        Its key stops working at once and it leaves every list. What it has cost stays in the ledger, and its name is
        free again.
      </p>
      <div>
        <Button look="danger" onClick={() => setAsking(true)}>
          Remove {agentName}…
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
          remove.reset();
        }}
        title={`Remove ${agentName}?`}
        consequence={REMOVALS[runtime]}
        action="Remove the agent"
        onConfirm={() => remove.mutate({ agentName })}
        isBusy={remove.isPending}
        failure={failureText(remove.error)}
        typedWord={agentName}
      />
    </div>
  );
}
