"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import type { AgentDetail } from "#portal/client/answers.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { COST_DAYS, type CostDays, daysOf, withPart } from "#portal/ui/agent/agent-tabs.ts";
import { ConnectHint } from "#portal/ui/agent/connect-hint.tsx";
import { CostPartsPanel } from "#portal/ui/agent/cost-parts-panels.tsx";
import { ModelTable, TokenTable } from "#portal/ui/agent/cost-share-tables.tsx";
import { DearestPanels } from "#portal/ui/agent/dearest-panels.tsx";
import { HoursPanel } from "#portal/ui/agent/hours-panel.tsx";
import { prepareCostByDay } from "#portal/ui/agent/prepare-cost-by-day.ts";
import { ReportedHint, ReportedNotice } from "#portal/ui/agent/reported-hint.tsx";
import { TurnCostsPanel } from "#portal/ui/agent/turn-costs-panel.tsx";
import { DayBarChart } from "#portal/ui/charts/day-bar-chart.tsx";
import { ExportMenu } from "#portal/ui/export/export-menu.tsx";
import { countOf } from "#portal/ui/format/counts.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { useFreshness } from "#portal/ui/gateway/gateway-status.ts";
import { AgentInsights } from "#portal/ui/insights/insights-panel.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton, SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

type ByDay = RouterOutputs["costs"]["byDay"];

/** Calls arrive live; this is for midnight, when a day begins without one. */
const EVERY_MS = 60_000;

const SPANS = COST_DAYS.map((days) => ({ value: String(days), label: `${days} days` }));

/** What the agent cost: by day, model, kind of tokens, hour, session, subagent and message. */
export function CostsTab({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const days = daysOf(useSearchParams());
  const byDay = useQuery(trpc.costs.byDay.queryOptions({ agentName: agent.name, days }, { refetchInterval: EVERY_MS }));
  const byModel = useQuery(
    trpc.costs.byModel.queryOptions({ agentName: agent.name, days }, { refetchInterval: EVERY_MS }),
  );

  const part = { agentName: agent.name, days, everyMs: EVERY_MS };
  const isReported = agent.routing === "direct";
  if (agent.lastSeenAt === null) return isReported ? <ReportedHint /> : <ConnectHint agentName={agent.name} />;
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      {isReported ? (
        <div className="xl:col-span-2">
          <ReportedNotice />
        </div>
      ) : null}
      <AgentInsights agentName={agent.name} days={days} />
      <Panel
        title="Cost by day"
        note="List prices, UTC days. The lighter bar is today, so far."
        actions={
          <div className="flex flex-wrap items-center justify-end gap-2">
            <ExportMenu search={{ days: String(days), agent: agent.name }} />
            <SpanSwitch days={days} />
          </div>
        }
        className="xl:col-span-2"
      >
        <WhenLoaded query={byDay} what="The cost by day" skeleton={<Skeleton className="h-[21rem] w-full" />}>
          {(costs) => <CostByDay costs={costs} agent={agent} />}
        </WhenLoaded>
      </Panel>
      <Panel title="Cost by model" note={`Last ${days} days`} isFlush>
        <WhenLoaded
          query={byModel}
          what="The cost by model"
          skeleton={<SkeletonRows rows={3} label="Loading the cost by model" />}
        >
          {({ models }) => <ModelTable models={models} />}
        </WhenLoaded>
      </Panel>
      <Panel title="Tokens by type" note={`Last ${days} days`} isFlush>
        <WhenLoaded
          query={byDay}
          what="The tokens by type"
          skeleton={<SkeletonRows rows={5} label="Loading the tokens by type" />}
        >
          {(costs) => <TokenTable parts={costs.days} />}
        </WhenLoaded>
      </Panel>
      <CostPartsPanel {...part} />
      <HoursPanel {...part} />
      <DearestPanels {...part} />
      <div className="xl:col-span-2">
        <TurnCostsPanel agentName={agent.name} />
      </div>
    </div>
  );
}

function SpanSwitch({ days }: { days: CostDays }) {
  const address = useSearchParams();
  const pathname = usePathname();
  const choose = (value: string) => {
    const next = withPart(address.toString(), { days: value === "30" ? 30 : 7 });
    window.history.replaceState(null, "", pathname + next);
  };
  return <SwitchGroup label="Span" options={SPANS} value={String(days)} onChange={choose} />;
}

function CostByDay({ costs, agent }: { costs: ByDay; agent: AgentDetail }) {
  const now = useNow();
  const freshness = useFreshness();
  const { points, total, requests, summary } = prepareCostByDay(costs.days, { createdAt: agent.createdAt, now });
  return (
    <>
      <p className="mb-3 flex flex-wrap items-baseline gap-x-3">
        <span className="text-xl font-semibold tracking-tight">
          {freshness.isCurrent ? "" : "≥ "}
          {total}
        </span>
        <span className="text-sm text-ink-muted">
          {requests}
          {costs.estimatedRequests > 0 ? ` · of ${countOf(costs.estimatedRequests, "call")} the cost is estimated` : ""}
          {freshness.isCurrent ? "" : " · not current: the gateway is silent"}
        </span>
      </p>
      <DayBarChart caption={`Cost of ${agent.name} by day`} bars={points} summary={summary} />
    </>
  );
}
