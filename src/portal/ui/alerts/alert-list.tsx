"use client";

import Link from "next/link";

import type { Alert } from "#portal/client/answers.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { AlertMark, NewMark } from "#portal/ui/alerts/alert-mark.tsx";
import { IncreaseAnswer } from "#portal/ui/alerts/increase-answer.tsx";
import { type AlertView, prepareAlert } from "#portal/ui/alerts/prepare-alert.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";

/** Alerts with all that is known of them, the newest first. */
export function AlertList({ alerts }: { alerts: Alert[] }) {
  return (
    <ul>
      {alerts.map((alert) => (
        <li key={alert.id.toString()} className="border-b last:border-b-0">
          <AlertEntry alert={alert} view={prepareAlert(alert)} />
        </li>
      ))}
    </ul>
  );
}

function AlertEntry({ alert, view }: { alert: Alert; view: AlertView }) {
  const { increase, facts, messages } = alert;
  return (
    <article aria-label={view.headline} className="flex gap-3 px-4 py-3">
      <AlertMark view={view} />
      <div className="grid min-w-0 flex-1 gap-1.5">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
          <h3 className="flex min-w-0 items-start gap-2 text-base font-medium">
            <span className="min-w-0 break-words">
              {view.href === null ? (
                view.headline
              ) : (
                <Link href={view.href} className="hover:underline">
                  {view.headline}
                </Link>
              )}
            </span>
            {view.isUnread ? <NewMark /> : null}
          </h3>
          <RelativeTime at={view.at} className="ml-auto text-xs whitespace-nowrap text-ink-muted max-sm:ml-0" />
        </div>
        <dl className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
          {view.figures.map(({ label, value }) => (
            <div key={label} className="flex min-w-0 gap-1.5">
              <dt className="shrink-0 text-ink-muted">{label}</dt>
              <dd className="min-w-0 break-words">{value}</dd>
            </div>
          ))}
        </dl>
        {increase === null ? null : (
          <IncreaseAnswer increase={increase} endsAt={facts.increase?.endsAt ?? facts.at} headline={view.headline} />
        )}
        <Messages messages={messages} />
      </div>
    </article>
  );
}

/** Whether people were told elsewhere too. For admins: they can do something about it. */
function Messages({ messages }: Pick<Alert, "messages">) {
  const { role } = useViewer();
  const { pending, delivered, failed } = messages;
  if (role !== "admin" || pending + delivered + failed === 0) return null;
  const parts = [
    delivered > 0 ? `${delivered} delivered` : null,
    pending > 0 ? `${pending} on the way` : null,
    failed > 0 ? `${failed} failed` : null,
  ].filter((part) => part !== null);
  return (
    <p className="text-xs text-ink-muted">
      Messages:{" "}
      <Link href="/settings/notifications#deliveries" className={failed > 0 ? "text-stop underline" : "link"}>
        {parts.join(", ")}
      </Link>
    </p>
  );
}
