"use client";

import { OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import type { AgentRow } from "#portal/client/answers.ts";
import { prepareFleetSummary } from "#portal/ui/agents/prepare-agents.ts";
import { CurrentCount, CurrentUsd } from "#portal/ui/gateway/current-figure.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";

const FRAME = "grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-4";

/** What all listed agents cost together. */
export function FleetFigures({ agents }: { agents: AgentRow[] }) {
  const fleet = prepareFleetSummary(agents);
  const AttentionIcon = fleet.isBlocking ? OctagonAlert : TriangleAlert;
  return (
    <dl className={FRAME}>
      <Figure label="Today">
        <CurrentUsd amount={fleet.today} />
      </Figure>
      <Figure label="This month">
        <CurrentUsd amount={fleet.month} />
      </Figure>
      <Figure label="Calls today">
        <CurrentCount count={fleet.requestsToday} />
      </Figure>
      <Figure label="Limits" isWords>
        {fleet.attention === null ? (
          <span className="text-ink-muted">All within</span>
        ) : (
          <span className={fleet.isBlocking ? "text-stop" : "text-near"}>
            <AttentionIcon aria-hidden className="mr-1 inline size-4 align-[-0.15em]" />
            {fleet.attention}
          </span>
        )}
      </Figure>
    </dl>
  );
}

function Figure({ label, children, isWords = false }: { label: string; children: ReactNode; isWords?: boolean }) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd
        className={
          isWords
            ? "mt-0.5 flex min-h-6.5 items-center text-sm font-medium"
            : "mt-0.5 text-xl font-semibold tracking-tight"
        }
      >
        {children}
      </dd>
    </div>
  );
}

/** The figures' places while they are loading. */
export function FleetFiguresSkeleton() {
  return (
    <div aria-hidden className={FRAME}>
      {["Today", "This month", "Calls today", "Limits"].map((label) => (
        <div key={label} className="bg-surface px-4 py-3">
          <p className="text-xs text-ink-muted">{label}</p>
          <Skeleton className="mt-2 h-5 w-24" />
        </div>
      ))}
    </div>
  );
}
