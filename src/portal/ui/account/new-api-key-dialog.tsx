"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { ApiKey } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type Scope = ApiKey["scopes"][number];
type Made = { key: string; scopes: readonly Scope[] };

type NewApiKeyProps = { isOpen: boolean; onClose: () => void; portalUrl: string };

/** Makes a key, and shows it this once with an example of its use. */
export function NewApiKeyDialog({ isOpen, onClose, portalUrl }: NewApiKeyProps) {
  const [made, setMade] = useState<Made | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  return made === null ? (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="New API key"
      description="A program with it acts as you, within what you choose here."
    >
      <NewKeyForm onCreated={setMade} onCancel={close} />
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
      <Copyable text={made.key} label="Copy the key" />
      <p className="mt-4 mb-1.5 text-sm font-medium">Try it</p>
      <Copyable text={exampleOf(made, portalUrl)} label="Copy the example" />
      <div className="mt-4 flex justify-end">
        <Button onClick={close}>Close, I have the key</Button>
      </div>
    </Dialog>
  );
}

function exampleOf({ key, scopes }: Made, portalUrl: string): string {
  const curl = `curl -H 'Authorization: Bearer ${key}'`;
  return scopes.includes("chat")
    ? `${curl} -H 'Content-Type: application/json' -d '{"message":"Hello"}' '${portalUrl}/api/agents/AGENT/chat'`
    : `${curl} '${portalUrl}/api/agents/AGENT/costs?period=day'`;
}

function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-start gap-2 rounded-md border bg-sunken px-3 py-2">
      <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all">{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}

function NewKeyForm({ onCreated, onCancel }: { onCreated: (made: Made) => void; onCancel: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["costs:read"]);
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: ({ key }) => {
        void queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter());
        onCreated({ key, scopes });
      },
    }),
  );
  const canCreate = name.trim() !== "" && scopes.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canCreate) create.mutate({ name: name.trim(), scopes: [...scopes] });
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
      <ScopeChoice chosen={scopes} onChange={setScopes} />
      {create.error ? <Notice tone="stop" title={failureText(create.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={create.isPending} disabled={!canCreate}>
          Make the key
        </Button>
      </div>
    </form>
  );
}

const SCOPES = {
  "costs:read": { label: "Read costs", effect: "What the agents that you see have cost." },
  chat: { label: "Chat", effect: "Talk to the agents that you see. Each message spends money, within their budgets." },
  "limits:write": { label: "Set limits", effect: "Budgets and rates of agents. It works for admins only." },
} as const satisfies Record<Scope, { label: string; effect: string }>;

function ScopeChoice({ chosen, onChange }: { chosen: readonly Scope[]; onChange: (scopes: Scope[]) => void }) {
  const all: readonly Scope[] = ["costs:read", "chat", "limits:write"];
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">What it may do</legend>
      <div className="grid gap-2">
        {all.map((scope) => (
          <label key={scope} className="flex items-start gap-2.5 text-sm">
            <input
              type="checkbox"
              checked={chosen.includes(scope)}
              onChange={({ target }) =>
                onChange(all.filter((other) => (other === scope ? target.checked : chosen.includes(other))))
              }
              className="mt-1 accent-accent"
            />
            <span>
              <span className="font-medium">{SCOPES[scope].label}</span> <code className="text-xs">{scope}</code>
              <span className="block text-xs text-ink-muted">{SCOPES[scope].effect}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
