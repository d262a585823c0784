"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { Channel } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { type ChannelDraft, ChannelFields } from "#portal/ui/notifications/channel-fields.tsx";
import { CHANNEL_KINDS, toAddresses } from "#portal/ui/notifications/channel-words.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

/** Changes a channel: its name, and where it leads. */
export function ChannelDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id, kind, isEnabled, version } = channel;
  const [draft, setDraft] = useState<ChannelDraft>({
    name: channel.name,
    addresses: channel.addresses.join(", "),
    url: "",
  });
  const update = useMutation(
    trpc.notifications.update.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.notifications.pathFilter());
        onClose();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const url = draft.url.trim() === "" ? null : draft.url.trim();
    update.mutate({ id, version, isEnabled, name: draft.name, url, addresses: toAddresses(draft.addresses) });
  };
  return (
    <Dialog isOpen onClose={onClose} title={`Change ${channel.name}`} description={CHANNEL_KINDS[kind]}>
      <form onSubmit={submit} className="grid gap-3">
        <ChannelFields kind={kind} draft={draft} onChange={setDraft} host={channel.host} />
        {update.error ? <Notice tone="stop" title={failureText(update.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={update.isPending} disabled={draft.name.trim() === ""}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
