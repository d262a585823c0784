"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";

import { agentNameProblem } from "#domain/agent.ts";
import { failureText } from "#portal/client/failure.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { ConnectPanel } from "#portal/ui/agent/connect-panel.tsx";
import { OwnerField } from "#portal/ui/agents/owner-field.tsx";
import { type Place, PlaceField } from "#portal/ui/agents/place-field.tsx";
import { StartedNotice } from "#portal/ui/agents/started-notice.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { callsOrder, USUAL_CALLS } from "#portal/ui/routing/calls-draft.ts";
import { CallsFields } from "#portal/ui/routing/calls-fields.tsx";

type Created = RouterOutputs["agents"]["create"];

/** Creates an agent, then shows how to connect it: the only moment at which its key can be read. */
export function NewAgentDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [created, setCreated] = useState<Created | null>(null);
  const close = () => {
    setCreated(null);
    onClose();
  };
  return created === null ? (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="New agent"
      description="An agent is one Claude Code that is metered and limited on its own."
    >
      <NewAgentForm onCreated={setCreated} onCancel={close} />
    </Dialog>
  ) : (
    <CreatedDialog created={created} isOpen={isOpen} onClose={close} />
  );
}

function NewAgentForm({ onCreated, onCancel }: { onCreated: (created: Created) => void; onCancel: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const [type, setType] = useState("");
  const [runtime, setRuntime] = useState<Place>("external");
  const [calls, setCalls] = useState(USUAL_CALLS);
  const order = runtime === "external" ? {} : callsOrder(calls);
  const create = useMutation(
    trpc.agents.create.mutationOptions({
      onSuccess: (created) => {
        void queryClient.invalidateQueries(trpc.agents.list.queryFilter());
        void queryClient.invalidateQueries(trpc.agents.names.queryFilter());
        onCreated(created);
      },
    }),
  );
  const problem = name === "" ? null : agentNameProblem(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (agentNameProblem(name) === null && order !== null)
      create.mutate({ name, ownerId, runtime, ...order, type: type.trim() === "" ? null : type.trim() });
  };

  return (
    <form onSubmit={submit} className="grid gap-3">
      <TextField
        label="Name"
        hint="Lower-case letters, digits and hyphens: reviewer-2. It stays as it is."
        problem={problem}
        value={name}
        onChange={(event) => setName(event.target.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={80}
        required
      />
      <OwnerField ownerId={ownerId} onChange={setOwnerId} />
      <TextField
        label="Type (optional)"
        hint="For finding and grouping: reviewer, support, research."
        value={type}
        onChange={(event) => setType(event.target.value)}
        autoComplete="off"
        maxLength={60}
      />
      <PlaceField chosen={runtime} onChoose={setRuntime} />
      {runtime === "external" ? null : <CallsFields draft={calls} onChange={setCalls} />}
      {create.error ? <Notice tone="stop" title={failureText(create.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          type="submit"
          look="primary"
          isBusy={create.isPending}
          disabled={agentNameProblem(name) !== null || order === null}
        >
          Create agent
        </Button>
      </div>
    </form>
  );
}

type CreatedDialogProps = { created: Created; isOpen: boolean; onClose: () => void };

function CreatedDialog({ created: { agent, virtualKey, problem }, isOpen, onClose }: CreatedDialogProps) {
  const router = useRouter();
  if (virtualKey === null) {
    return (
      <Dialog
        isOpen={isOpen}
        onClose={onClose}
        title={problem === null ? `${agent.name} is running` : `${agent.name} was made, but does not run`}
        description="It has its key already: nobody needs to copy it."
      >
        <StartedNotice agent={agent} problem={problem} onOpen={(path) => router.push(path)} />
      </Dialog>
    );
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Connect ${agent.name}`}
      description="Its key is shown this once. Copy it now; later it can only be replaced by a new one."
      mustBeClosedByButton
      className="max-w-2xl"
    >
      <ConnectPanel agentName={agent.name} keyHint={agent.keyHint} virtualKey={virtualKey} />
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Close, I have the key</Button>
        <Button look="primary" onClick={() => router.push(`/agents/${agent.name}`)}>
          Open {agent.name}
        </Button>
      </div>
    </Dialog>
  );
}
