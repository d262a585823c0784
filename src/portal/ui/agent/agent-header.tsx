"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";

import { formatUsd } from "#domain/money.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { BudgetMeter } from "#portal/ui/budget/budget-meter.tsx";
import { prepareBanner } from "#portal/ui/budget/prepare-budget.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { CurrentUsd } from "#portal/ui/gateway/current-figure.tsx";
import { FreshnessNotice } from "#portal/ui/gateway/freshness-notice.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

/** Who it is, what it has cost today, and how much of its budget that is. */
export function AgentHeader({ agent }: { agent: AgentDetail }) {
  return (
    <>
      <Trail name={agent.name} />
      <FreshnessNotice />
      <BudgetBanner agent={agent} />
      <div className="mb-4 grid items-end gap-x-10 gap-y-4 md:grid-cols-[1fr_auto]">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight break-all">{agent.name}</h1>
          <p className="mt-0.5 text-sm text-ink-muted">
            {agent.owner === null ? "No owner" : `Owned by ${agent.owner.name}`}
            {agent.type === null ? "" : ` · ${agent.type}`}
            {" · "}
            {agent.lastSeenAt === null ? "no call yet" : <LastSeen at={agent.lastSeenAt} />}
          </p>
          <p className="mt-3 flex flex-wrap items-baseline gap-x-3">
            <span aria-live="polite" aria-atomic="true" className="text-figure font-semibold tracking-tight">
              <CurrentUsd amount={agent.today} />
              <span className="text-lg font-normal tracking-normal text-ink-muted"> today</span>
            </span>
            <span className="text-sm text-ink-muted">
              {countOf(agent.requestsToday, "call")} today · {formatUsd(agent.month)} this month
            </span>
          </p>
        </div>
        <div className="grid gap-3 md:w-80">
          <BudgetMeter budget={agent.budget} period="day" />
          <BudgetMeter budget={agent.budget} period="month" />
        </div>
      </div>
    </>
  );
}

function LastSeen({ at }: { at: Date }) {
  return (
    <>
      last seen <RelativeTime at={at} />
    </>
  );
}

function Trail({ name }: { name: string }) {
  return (
    <nav aria-label="Where you are" className="mb-3 flex items-center gap-1 text-xs text-ink-muted">
      <Link href="/agents" className="rounded-sm hover:text-ink hover:underline">
        Agents
      </Link>
      <ChevronRight aria-hidden className="size-3" />
      <span aria-current="page" className="truncate">
        {name}
      </span>
    </nav>
  );
}

function BudgetBanner({ agent }: { agent: AgentDetail }) {
  const banner = prepareBanner(agent.budget, useNow());
  if (banner === null) return null;
  return (
    <Notice tone={banner.tone} title={banner.title} className="mb-4">
      {agent.mayEdit || banner.tone === "near"
        ? banner.body
        : "Only an admin can raise the limit: ask one to let it continue."}
    </Notice>
  );
}
