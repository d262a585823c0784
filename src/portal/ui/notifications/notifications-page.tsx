"use client";

import { useQuery } from "@tanstack/react-query";
import { MessageSquarePlus, Send } from "lucide-react";
import { useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { ChannelList } from "#portal/ui/notifications/channel-list.tsx";
import { DeliveriesPanel } from "#portal/ui/notifications/deliveries-panel.tsx";
import { NewChannelDialog } from "#portal/ui/notifications/new-channel-dialog.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

type Overview = RouterOutputs["notifications"]["channels"];

const NOTE = "Where warnings go besides the bell. They never hold up a call.";

/** The channels on which people are warned, and what became of each message. For admins. */
export function NotificationsPage() {
  const trpc = useTRPC();
  const [isAdding, setAdding] = useState(false);
  const query = useQuery(trpc.notifications.channels.queryOptions());
  const add = () => setAdding(true);
  return (
    <>
      <PageHeading
        title="Notifications"
        note={NOTE}
        actions={
          <Button look="primary" onClick={add}>
            <MessageSquarePlus aria-hidden />
            Add a channel
          </Button>
        }
      />
      <div className="grid gap-4">
        {query.data === undefined ? null : <MailNotice overview={query.data} />}
        <Panel title="Channels" isFlush>
          {query.data === undefined && query.error !== null ? (
            <FailedState
              what="The channels could not be loaded."
              reason={failureText(query.error) ?? ""}
              onRetry={() => void query.refetch()}
              isRetrying={query.isFetching}
            />
          ) : (
            <Channels overview={query.data} onAdd={add} />
          )}
        </Panel>
        <DeliveriesPanel />
      </div>
      <NewChannelDialog
        isOpen={isAdding}
        onClose={() => setAdding(false)}
        isMailPossible={query.data?.mail.isConfigured}
      />
    </>
  );
}

/** The page's places while it is loading. */
export function NotificationsLoading() {
  return (
    <>
      <PageHeading title="Notifications" note={NOTE} />
      <div className="grid gap-4">
        <Panel title="Channels" isFlush>
          <SkeletonRows rows={3} label="Loading the channels" className="h-14" />
        </Panel>
        <Panel title="Deliveries" isFlush>
          <SkeletonRows rows={6} label="Loading the deliveries" />
        </Panel>
      </div>
    </>
  );
}

function Channels({ overview, onAdd }: { overview: Overview | undefined; onAdd: () => void }) {
  if (overview === undefined) return <SkeletonRows rows={3} label="Loading the channels" className="h-14" />;
  if (overview.channels.length > 0) return <ChannelList channels={overview.channels} />;
  return (
    <EmptyState icon={Send} title="Nobody is told yet" action={<Button onClick={onAdd}>Add a channel</Button>}>
      Alerts appear under the bell. Add a channel to send them by mail to owners and admins, to Slack, or to a program.
    </EmptyState>
  );
}

/** A channel for mail without a mail server would only collect messages. */
function MailNotice({ overview: { channels, mail } }: { overview: Overview }) {
  if (mail.isConfigured || !channels.some(({ kind, isEnabled }) => kind === "email" && isEnabled)) return null;
  return (
    <Notice tone="near" title="There is no mail server">
      Mails wait until <code className="font-mono text-xs">SMTP_URL</code> is set where the portal runs and it is
      started again; they are tried for three days.
    </Notice>
  );
}
