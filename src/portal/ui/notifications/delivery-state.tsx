"use client";

import { CircleCheck, Clock, OctagonAlert } from "lucide-react";

import type { Delivery } from "#portal/client/answers.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";

const STATES = {
  pending: { icon: Clock, label: "on the way", tone: "text-near" },
  delivered: { icon: CircleCheck, label: "delivered", tone: "text-accent" },
  failed: { icon: OctagonAlert, label: "given up", tone: "text-stop" },
} as const;

/** What became of a message, after how many attempts, and why it has not arrived. */
export function DeliveryState({ entry }: { entry: Delivery }) {
  const { icon: Icon, label, tone } = STATES[entry.state];
  const attempts = entry.attempts > 1 ? `, ${entry.attempts} attempts` : "";
  return (
    <div className="min-w-32">
      <p className={classNames("flex items-start gap-1.5 font-medium", tone)}>
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          {label}
          <span className="font-normal text-ink-muted">{attempts}</span>
        </span>
      </p>
      {entry.state === "delivered" || entry.lastError === null ? null : (
        <span className="block text-xs break-words text-ink-muted">{entry.lastError}</span>
      )}
      {entry.state === "pending" && entry.lastError !== null ? (
        <span className="block text-xs text-ink-muted">
          next at <ClockTime at={entry.nextAttemptAt} />
        </span>
      ) : null}
    </div>
  );
}
