"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";

import { formatUsd } from "#domain/money.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { RoutingBanner } from "#portal/ui/adoption/routing-banner.tsx";
import { RunControls } from "#portal/ui/agent/run-controls.tsx";
import { TabLink } from "#portal/ui/agent/tab-link.tsx";
import { BudgetMeter } from "#portal/ui/budget/budget-meter.tsx";
import { prepareBanner } from "#portal/ui/budget/prepare-budget.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { CurrentCount, CurrentUsd } from "#portal/ui/gateway/current-figure.tsx";
import { FreshnessNotice } from "#portal/ui/gateway/freshness-notice.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { ROUTING_WORDS } from "#portal/ui/routing/routing-words.ts";

/** Who it is, what it has cost today, and how much of its budget that is. */
export function AgentHeader({ agent }: { agent: AgentDetail }) {
  return (
    <>
      <Trail name={agent.name} />
      <FreshnessNotice />
      {agent.runtime === "adopted" ? <RoutingBanner agent={agent} /> : <UnguardedBanner agent={agent} />}
      <PauseBanner agent={agent} />
      <SharedBanner agent={agent} />
      <BudgetBanner agent={agent} />
      <div className="mb-4 grid items-end gap-x-10 gap-y-4 md:grid-cols-[1fr_auto]">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight break-all">{agent.name}</h1>
          <p className="mt-0.5 text-sm text-ink-muted">
            {agent.owner === null ? "No owner" : `Owned by ${agent.owner.name}`}
            {agent.type === null ? "" : ` · ${agent.type}`}
            {agent.pool === null ? "" : ` · in the pool “${agent.pool.name}”`}
            {agent.lastSeenAt === null ? null : <LastSeen at={agent.lastSeenAt} />}
          </p>
          <TodayFigure agent={agent} />
          <RunControls agent={agent} />
        </div>
        <Meters agent={agent} />
      </div>
    </>
  );
}

/** What it has cost today, read out when it changes. An agent that has never called has no figure, not a zero. */
function TodayFigure({ agent }: { agent: AgentDetail }) {
  if (agent.routing === "direct" && agent.month > 0n) return <ReportedFigure agent={agent} />;
  return (
    <p className="mt-3 flex min-h-10.5 flex-wrap items-baseline gap-x-3">
      <span aria-live="polite" aria-atomic="true" className="text-figure font-semibold tracking-tight">
        {agent.lastSeenAt === null ? (
          <span className="text-xl text-ink-muted">No calls yet</span>
        ) : (
          <>
            <CurrentUsd amount={agent.today} />
            <span className="text-lg font-normal tracking-normal text-ink-muted"> today</span>
          </>
        )}
      </span>
      {agent.lastSeenAt === null ? null : (
        <span className="text-sm text-ink-muted">
          <CurrentCount count={agent.requestsToday} noun="call" /> today · <CurrentUsd amount={agent.month} /> this
          month
        </span>
      )}
    </p>
  );
}

/** Of an agent that goes past the gateway: nobody but Claude Code itself has counted. */
function ReportedFigure({ agent: { today, month } }: { agent: AgentDetail }) {
  return (
    <p className="mt-3 flex min-h-10.5 flex-wrap items-baseline gap-x-3">
      <span aria-live="polite" aria-atomic="true" className="text-figure font-semibold tracking-tight">
        {formatUsd(today)}
        <span className="text-lg font-normal tracking-normal text-ink-muted"> today</span>
      </span>
      <span className="text-sm text-ink-muted">{formatUsd(month)} this month · reported by Claude Code</span>
    </p>
  );
}

function Meters({ agent: { budget, mayEdit } }: { agent: AgentDetail }) {
  if (budget.state !== "none") {
    return (
      <div className="grid gap-3 md:w-96">
        <BudgetMeter budget={budget} period="day" />
        <BudgetMeter budget={budget} period="month" />
      </div>
    );
  }
  return (
    <p className="text-sm text-ink-muted">
      No spending limit.{" "}
      {mayEdit ? (
        <TabLink tab="budget" className="link">
          Set one
        </TabLink>
      ) : null}
    </p>
  );
}

function LastSeen({ at }: { at: Date }) {
  return (
    <>
      {" · last seen "}
      <RelativeTime at={at} />
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

/** Of an agent of ours that goes past the gateway: its budget is not asked. */
function UnguardedBanner({ agent: { routing, mayEdit } }: { agent: AgentDetail }) {
  const { warning } = ROUTING_WORDS[routing];
  if (warning === null) return null;
  return (
    <Notice
      tone="near"
      title={warning}
      className="mb-4"
      action={
        mayEdit ? (
          <TabLink tab="settings" className={buttonClassNames()}>
            Change the routing
          </TabLink>
        ) : null
      }
    />
  );
}

/** A paused agent is the first thing to know about it. */
function PauseBanner({ agent: { pause, mayEdit } }: { agent: AgentDetail }) {
  if (pause === null) return null;
  return (
    <Notice
      tone="stop"
      title={
        <>
          Paused by {pause.by}, <RelativeTime at={pause.at} />: {pause.reason}
        </>
      }
      className="mb-4"
      action={
        mayEdit ? (
          <TabLink tab="budget" className={buttonClassNames()}>
            Resume it under Budget
          </TabLink>
        ) : null
      }
    >
      {mayEdit ? "Its calls are refused until it is resumed." : "Only an admin can resume it: ask one to let it go on."}
    </Notice>
  );
}

/** A budget above the agent that stops it, however much of its own is left. */
function SharedBanner({ agent: { shared } }: { agent: AgentDetail }) {
  const blocking = shared.find(({ state }) => state === "blocked");
  if (blocking === undefined) return null;
  const whose = blocking.scope === "pool" ? `its pool “${blocking.name}”` : "the whole fleet";
  return (
    <Notice tone="stop" title={`Blocked: the budget of ${whose} is used up.`} className="mb-4">
      It stops every agent that shares it, whatever is left of their own.
    </Notice>
  );
}

function BudgetBanner({ agent }: { agent: AgentDetail }) {
  const banner = prepareBanner(agent.budget, useNow());
  if (banner === null) return null;
  return (
    <Notice
      tone={banner.tone}
      title={banner.title}
      className="mb-4"
      action={
        agent.mayEdit ? (
          <TabLink tab="budget" className={buttonClassNames()}>
            Change the limits
          </TabLink>
        ) : null
      }
    >
      {agent.mayEdit || banner.tone === "near"
        ? banner.body
        : "Only an admin can raise the limit: ask one to let it continue."}
    </Notice>
  );
}
