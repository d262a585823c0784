"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { Channel } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { type ChannelDraft, ChannelFields } from "#portal/ui/notifications/channel-fields.tsx";
import { toAddresses } from "#portal/ui/notifications/channel-words.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";

const KINDS = [
  { value: "email", label: "E-mail" },
  { value: "slack", label: "Slack" },
  { value: "webhook", label: "Webhook" },
] as const satisfies { value: Channel["kind"]; label: string }[];

const DESCRIPTIONS = {
  email: "To the agent's owner, all admins, and whom you add.",
  slack: "A line in a channel of Slack, or of what understands the same.",
  webhook: "Signed JSON for a program of yours. docs/webhooks.md describes it.",
} as const;

type NewChannelProps = { isOpen: boolean; onClose: () => void; isMailPossible: boolean | undefined };

/** Makes a channel; the secret of a signed webhook is shown this once. */
export function NewChannelDialog({ isOpen, onClose, isMailPossible }: NewChannelProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const [kind, setKind] = useState<Channel["kind"]>("email");
  const close = () => {
    setSecret(null);
    onClose();
  };
  if (secret !== null) return <SecretDialog secret={secret} onClose={close} />;
  return (
    <Dialog isOpen={isOpen} onClose={close} title="Add a channel" description={DESCRIPTIONS[kind]}>
      <div className="grid gap-4">
        <SwitchGroup label="Kind of channel" options={KINDS} value={kind} onChange={setKind} />
        {kind === "email" && isMailPossible === false ? (
          <Notice tone="near" title="There is no mail server">
            Mails wait until <code className="font-mono text-xs">SMTP_URL</code> is set where the portal runs.
          </Notice>
        ) : null}
        <NewChannelForm
          key={kind}
          kind={kind}
          onCancel={close}
          onMade={(made) => (made.secret === null ? close() : setSecret(made.secret))}
        />
      </div>
    </Dialog>
  );
}

type FormProps = {
  kind: Channel["kind"];
  onMade: (made: { secret: string | null }) => void;
  onCancel: () => void;
};

const NAMES = { email: "E-mail to owners and admins", slack: "Slack", webhook: "Webhook" } as const;

function NewChannelForm({ kind, onMade, onCancel }: FormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<ChannelDraft>({ name: NAMES[kind], addresses: "", url: "" });
  const create = useMutation(
    trpc.notifications.create.mutationOptions({
      onSuccess: (made) => {
        void queryClient.invalidateQueries(trpc.notifications.pathFilter());
        onMade(made);
      },
    }),
  );
  const canCreate = draft.name.trim() !== "" && (kind === "email" || draft.url.trim() !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!canCreate) return;
    const url = kind === "email" ? null : draft.url.trim();
    create.mutate({ kind, name: draft.name, isEnabled: true, url, addresses: toAddresses(draft.addresses) });
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <ChannelFields kind={kind} draft={draft} onChange={setDraft} host={null} />
      {create.error ? <Notice tone="stop" title={failureText(create.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={create.isPending} disabled={!canCreate}>
          Add
        </Button>
      </div>
    </form>
  );
}

function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="The webhook's secret"
      description="With it your program checks that a message is from here. It is shown this once. Copy it now."
      mustBeClosedByButton
    >
      <div className="flex items-start gap-2 rounded-md border bg-sunken px-3 py-2">
        <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all">{secret}</code>
        <CopyButton text={secret} label="Copy the secret" />
      </div>
      <div className="mt-4 flex justify-end">
        <Button onClick={onClose}>Close, I have the secret</Button>
      </div>
    </Dialog>
  );
}
