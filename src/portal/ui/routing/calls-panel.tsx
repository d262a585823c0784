"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { type CallsDraft, callsOrder } from "#portal/ui/routing/calls-draft.ts";
import { CallsFields } from "#portal/ui/routing/calls-fields.tsx";

/** Where the calls of an agent that we run go, and what pays for them: changing it makes the agent again. */
export function CallsPanel({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [edited, setEdited] = useState<CallsDraft | null>(null);
  const saved: CallsDraft = {
    routing: agent.routing,
    payer: agent.keyMode === "virtual" ? "gateway" : "api_key",
    value: "",
  };
  const save = useMutation(
    trpc.agents.setRouting.mutationOptions({
      onSuccess: async () => {
        void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
        await queryClient.invalidateQueries(trpc.agents.get.queryFilter({ agentName: agent.name }));
        setEdited(null);
      },
    }),
  );
  const order = edited === null ? null : callsOrder(edited);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (order !== null) save.mutate({ agentName: agent.name, ...order });
  };
  return (
    <Panel title="Its model calls">
      <form onSubmit={submit} className="grid gap-3">
        <CallsFields draft={edited ?? saved} onChange={setEdited} />
        <p className="text-sm text-ink-muted">
          Saving makes {agent.name} again around its files, with a new key, and starts it if it was running. What it is
          working on is broken off.
        </p>
        {save.error ? <Notice tone="stop" title={failureText(save.error)} /> : null}
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" isBusy={save.isPending} disabled={order === null}>
            Save the routing
          </Button>
          <p role="status" className="text-xs text-ink-muted">
            {save.isSuccess && edited === null ? "Saved. It is in force." : ""}
          </p>
        </div>
      </form>
    </Panel>
  );
}
