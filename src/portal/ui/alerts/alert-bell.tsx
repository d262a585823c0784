"use client";

import { useQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import Link from "next/link";
import { Popover } from "radix-ui";
import { useState } from "react";

import type { Alert } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { AlertMark, NewMark } from "#portal/ui/alerts/alert-mark.tsx";
import { prepareAlert } from "#portal/ui/alerts/prepare-alert.ts";
import { useSeenAlerts } from "#portal/ui/alerts/use-seen-alerts.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

const SHOWN = 6;
const COUNTED_MAX = 99;

/** How many alerts are new to this person, live, and the newest of them. */
export function AlertBell() {
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const unread = useQuery(trpc.alerts.unread.queryOptions());
  const count = unread.data?.count ?? 0;
  const countText = count > COUNTED_MAX ? `${COUNTED_MAX}+` : String(count);

  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={count === 0 ? "Alerts, none new" : `Alerts, ${countText} new`}
        className="relative grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover max-md:size-10"
      >
        <Bell aria-hidden className="size-4" />
        {count === 0 ? null : (
          <span
            aria-hidden
            className="absolute -top-0.5 -right-0.5 grid h-4 min-w-4 place-items-center rounded-full border border-canvas bg-stop px-1 text-[0.625rem] leading-none font-semibold text-on-stop max-md:top-0.5 max-md:right-0.5"
          >
            {countText}
          </span>
        )}
      </Popover.Trigger>
      <span role="status" className="sr-only">
        {count === 0 ? "" : `${countText} new alerts`}
      </span>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Newest alerts"
          className="z-50 w-[min(24rem,calc(100vw-1rem))] animate-[appear_100ms_ease-out] rounded-lg border bg-surface text-ink shadow-float outline-none"
        >
          <NewestAlerts onLeave={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function NewestAlerts({ onLeave }: { onLeave: () => void }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.alerts.list.queryOptions({ limit: SHOWN }));
  const alerts = query.data?.alerts;
  useSeenAlerts(alerts?.[0]?.id ?? null);
  return (
    <>
      <p className="border-b px-4 py-2.5 text-base font-semibold">Alerts</p>
      <div className="max-h-[min(60dvh,28rem)] overflow-y-auto overscroll-contain">
        {alerts === undefined ? (
          <NotYet failure={failureText(query.error)} />
        ) : (
          <AlertLines alerts={alerts} onLeave={onLeave} />
        )}
      </div>
      <Link
        href="/alerts"
        onClick={onLeave}
        className="flex h-10 items-center justify-center rounded-b-lg border-t text-sm font-medium text-accent -outline-offset-2 hover:bg-hover max-md:h-12"
      >
        All alerts
      </Link>
    </>
  );
}

function NotYet({ failure }: { failure: string | null }) {
  if (failure === null) return <SkeletonRows rows={3} label="Loading the alerts" className="h-14" />;
  return (
    <p role="alert" className="px-4 py-6 text-sm text-stop">
      {failure}
    </p>
  );
}

function AlertLines({ alerts, onLeave }: { alerts: Alert[]; onLeave: () => void }) {
  if (alerts.length === 0) {
    return (
      <p className="px-4 py-8 text-center text-sm text-ink-muted">Nothing yet. Warnings appear here as they happen.</p>
    );
  }
  return (
    <ul>
      {alerts.map(prepareAlert).map((view) => (
        <li key={view.key} className="border-b last:border-b-0">
          <Link
            href={view.href ?? "/alerts"}
            onClick={onLeave}
            className="flex gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-hover"
          >
            <AlertMark view={view} />
            <span className="min-w-0 flex-1 text-sm">
              <span className="flex items-start gap-2">
                <span className="min-w-0 flex-1 font-medium break-words">{view.headline}</span>
                {view.isUnread ? <NewMark /> : null}
              </span>
              <span className="block text-xs break-words text-ink-muted">{view.summary}</span>
              <RelativeTime at={view.at} className="text-xs text-ink-faint" />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
