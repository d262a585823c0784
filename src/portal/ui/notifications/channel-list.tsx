"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Hash, Mail, OctagonAlert, Webhook } from "lucide-react";
import type { ReactNode } from "react";

import type { Channel } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { ChannelMenu } from "#portal/ui/notifications/channel-menu.tsx";
import { audienceOf, CHANNEL_KINDS } from "#portal/ui/notifications/channel-words.ts";
import { Button } from "#portal/ui/primitives/button.tsx";

const ICONS = { email: Mail, slack: Hash, webhook: Webhook } as const;

/** Every channel, with a button that tries it out. */
export function ChannelList({ channels }: { channels: Channel[] }) {
  return (
    <ul aria-label="Channels">
      {channels.map((channel) => (
        <li key={channel.id} className="border-b px-4 py-3 last:border-b-0">
          <ChannelEntry channel={channel} />
        </li>
      ))}
    </ul>
  );
}

function ChannelEntry({ channel }: { channel: Channel }) {
  const Icon = ICONS[channel.kind];
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const test = useMutation(
    trpc.notifications.test.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.notifications.log.pathFilter()),
    }),
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span
          aria-hidden
          className="grid size-8 shrink-0 place-items-center rounded-full border bg-sunken text-ink-muted"
        >
          <Icon className="size-4" />
        </span>
        <div className="min-w-0 flex-1 basis-48">
          <h3 className={classNames("text-base font-medium break-words", !channel.isEnabled && "text-ink-muted")}>
            {channel.name}
            {channel.isEnabled ? null : (
              <span className="ml-2 rounded-sm bg-sunken px-1.5 py-0.5 text-xs font-medium text-ink-muted">off</span>
            )}
          </h3>
          <p className="text-xs break-words text-ink-muted">
            {CHANNEL_KINDS[channel.kind]} · {audienceOf(channel)}
          </p>
        </div>
        <div className="flex items-center gap-1">
          <Button
            isBusy={test.isPending}
            aria-label={`Send a test on ${channel.name}`}
            onClick={() => test.mutate({ id: channel.id })}
          >
            Send a test
          </Button>
          <ChannelMenu channel={channel} />
        </div>
      </div>
      <div aria-live="polite">
        {test.isPending ? (
          <p className="mt-2 text-sm text-ink-muted">Waiting for the answer, half a minute at most…</p>
        ) : null}
        {test.error ? <Outcome isGood={false}>{failureText(test.error)}</Outcome> : null}
        {test.data?.outcomes.map(({ recipient, isDelivered, reason }) => (
          <Outcome key={recipient} isGood={isDelivered}>
            {isDelivered ? `Delivered to ${recipient}.` : `Not delivered to ${recipient}: ${reason}.`}
          </Outcome>
        ))}
      </div>
    </>
  );
}

function Outcome({ isGood, children }: { isGood: boolean; children: ReactNode }) {
  const Icon = isGood ? CircleCheck : OctagonAlert;
  return (
    <p className={classNames("mt-2 flex items-start gap-1.5 text-sm", isGood ? "text-accent" : "text-stop")}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">{children}</span>
    </p>
  );
}
