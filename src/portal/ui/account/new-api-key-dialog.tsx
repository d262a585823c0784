"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type NewApiKeyProps = { isOpen: boolean; onClose: () => void; portalUrl: string };

/** Makes a key, and shows it this once with an example of its use. */
export function NewApiKeyDialog({ isOpen, onClose, portalUrl }: NewApiKeyProps) {
  const [key, setKey] = useState<string | null>(null);
  const close = () => {
    setKey(null);
    onClose();
  };
  return key === null ? (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="New API key"
      description="It reads costs (scope costs:read) of the agents that you see."
    >
      <NewKeyForm onCreated={setKey} onCancel={close} />
    </Dialog>
  ) : (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="Your new API key"
      description="It is shown this once and kept nowhere. Copy it now."
      mustBeClosedByButton
      className="max-w-2xl"
    >
      <Copyable text={key} label="Copy the key" />
      <p className="mt-4 mb-1.5 text-sm font-medium">Try it</p>
      <Copyable
        text={`curl -H 'Authorization: Bearer ${key}' '${portalUrl}/api/agents/AGENT/costs?period=day'`}
        label="Copy the example"
      />
      <div className="mt-4 flex justify-end">
        <Button onClick={close}>Close, I have the key</Button>
      </div>
    </Dialog>
  );
}

function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-start gap-2 rounded-md border bg-sunken px-3 py-2">
      <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all">{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}

function NewKeyForm({ onCreated, onCancel }: { onCreated: (key: string) => void; onCancel: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: ({ key }) => {
        void queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter());
        onCreated(key);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") create.mutate({ name: name.trim(), scopes: ["costs:read"] });
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <TextField
        label="Name"
        hint="What will use it: monthly report."
        required
        maxLength={60}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {create.error ? <Notice tone="stop" title={failureText(create.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={create.isPending} disabled={name.trim() === ""}>
          Make the key
        </Button>
      </div>
    </form>
  );
}
