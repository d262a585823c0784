"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";

import type { Channel } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ChannelDialog } from "#portal/ui/notifications/channel-dialog.tsx";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { MENU, MENU_ITEM } from "#portal/ui/primitives/menu.ts";

type Asked = "edit" | "switch" | "remove";
type ChangeProps = { channel: Channel; onClose: () => void };

/** What can be done to a channel besides trying it out. */
export function ChannelMenu({ channel }: { channel: Channel }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label={`Actions for ${channel.name}`}
          className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:size-10"
        >
          <Ellipsis aria-hidden className="size-4" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className={MENU}>
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setAsked("edit")}>
              Change…
            </DropdownMenu.Item>
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setAsked("switch")}>
              {channel.isEnabled ? "Turn off…" : "Turn on…"}
            </DropdownMenu.Item>
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setAsked("remove")}>
              Remove…
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {asked === "edit" ? <ChannelDialog channel={channel} onClose={close} /> : null}
      {asked === "switch" ? <SwitchChannel channel={channel} onClose={close} /> : null}
      {asked === "remove" ? <RemoveChannel channel={channel} onClose={close} /> : null}
    </>
  );
}

/** Closes the question and loads all about the channels anew once the change is made. */
function useAfterChange(onClose: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.invalidateQueries(trpc.notifications.pathFilter());
    onClose();
  };
}

function SwitchChannel({ channel, onClose }: ChangeProps) {
  const trpc = useTRPC();
  const change = useMutation(trpc.notifications.update.mutationOptions({ onSuccess: useAfterChange(onClose) }));
  const { id, version, name, addresses, isEnabled } = channel;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={isEnabled ? `Turn ${name} off?` : `Turn ${name} on?`}
      consequence={
        isEnabled
          ? "Nothing is sent on it any more, and messages that wait on it are given up. The bell goes on."
          : "Warnings are sent on it from now on."
      }
      action={isEnabled ? "Turn off" : "Turn on"}
      onConfirm={() => change.mutate({ id, version, name, addresses: [...addresses], isEnabled: !isEnabled })}
      isBusy={change.isPending}
      failure={failureText(change.error)}
    />
  );
}

function RemoveChannel({ channel, onClose }: ChangeProps) {
  const trpc = useTRPC();
  const remove = useMutation(trpc.notifications.remove.mutationOptions({ onSuccess: useAfterChange(onClose) }));
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Remove ${channel.name}?`}
      consequence="Nothing is sent on it any more, and its part of the delivery log goes with it. To keep the log, turn it off instead."
      action="Remove"
      onConfirm={() => remove.mutate({ id: channel.id })}
      isBusy={remove.isPending}
      failure={failureText(remove.error)}
    />
  );
}
