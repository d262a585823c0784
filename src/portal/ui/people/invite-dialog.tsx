"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { OneTimeLinkDialog } from "#portal/ui/people/one-time-link-dialog.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { SelectField, TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type Invited = RouterOutputs["people"]["invite"] & { email: string };

/** Invites somebody: makes a link that the admin sends on. */
export function InviteDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [invited, setInvited] = useState<Invited | null>(null);
  if (invited !== null) {
    const close = () => {
      setInvited(null);
      onClose();
    };
    return (
      <OneTimeLinkDialog
        title={`Invitation for ${invited.email}`}
        link={invited.link}
        expiresAt={invited.expiresAt}
        onClose={close}
      />
    );
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Invite"
      description="They get a link from you, with which they choose a name and a password."
    >
      <InviteForm onInvited={setInvited} onCancel={onClose} />
    </Dialog>
  );
}

function InviteForm({ onInvited, onCancel }: { onInvited: (invited: Invited) => void; onCancel: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"admin" | "owner">("owner");
  const invite = useMutation(
    trpc.people.invite.mutationOptions({
      onSuccess: (link, input) => {
        void queryClient.invalidateQueries(trpc.people.list.queryFilter());
        onInvited({ ...link, email: input.email });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email: email.trim(), role });
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <TextField
        label="E-mail"
        type="email"
        required
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <SelectField
        label="Role"
        value={role}
        onChange={(event) => setRole(event.target.value === "admin" ? "admin" : "owner")}
      >
        <option value="owner">Owner: sees the costs of own agents</option>
        <option value="admin">Admin: sees all agents, sets limits, manages people</option>
      </SelectField>
      {invite.error ? <Notice tone="stop" title={failureText(invite.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={invite.isPending}>
          Make the link
        </Button>
      </div>
    </form>
  );
}
