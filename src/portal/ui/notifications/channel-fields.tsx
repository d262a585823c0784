"use client";

import type { Channel } from "#portal/client/answers.ts";
import { TextField } from "#portal/ui/primitives/field.tsx";

/** What is typed about a channel. */
export type ChannelDraft = { name: string; addresses: string; url: string };

type ChannelFieldsProps = {
  kind: Channel["kind"];
  draft: ChannelDraft;
  onChange: (draft: ChannelDraft) => void;
  /** The host of the address that is there already; null for a new channel. */
  host: string | null;
};

/** The fields of a channel of one kind. */
export function ChannelFields({ kind, draft, onChange, host }: ChannelFieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        hint="For you and the other admins."
        required
        maxLength={80}
        autoComplete="off"
        value={draft.name}
        onChange={({ target }) => onChange({ ...draft, name: target.value })}
      />
      {kind === "email" ? (
        <TextField
          label="Further addresses"
          hint="Optional, with commas between them. Owners and admins are told anyway."
          autoComplete="off"
          spellCheck={false}
          value={draft.addresses}
          onChange={({ target }) => onChange({ ...draft, addresses: target.value })}
        />
      ) : (
        <TextField
          label="Address"
          hint={addressHint(kind, host)}
          required={host === null}
          placeholder={kind === "slack" ? "https://hooks.slack.com/services/…" : "https://…"}
          autoComplete="off"
          spellCheck={false}
          value={draft.url}
          onChange={({ target }) => onChange({ ...draft, url: target.value })}
        />
      )}
    </>
  );
}

function addressHint(kind: Channel["kind"], host: string | null): string {
  if (host !== null) return `Leave it empty to keep the present one, at ${host}. It is not shown again.`;
  const whose = kind === "slack" ? "An incoming webhook of Slack, Mattermost or the like." : "It gets signed JSON.";
  return `${whose} The address is not shown again.`;
}
