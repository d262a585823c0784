"use client";

import { useQuery } from "@tanstack/react-query";
import { Radio } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";

import { formatUsd } from "#domain/money.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { COST_DAYS, daysOf, withPart } from "#portal/ui/agent/agent-tabs.ts";
import { TabLink } from "#portal/ui/agent/tab-link.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";
import { DriftTable } from "#portal/ui/telemetry/drift-table.tsx";
import { type TelemetryReport, unroutedSentence } from "#portal/ui/telemetry/prepare-telemetry.ts";
import { ToolTables, WorkFigures } from "#portal/ui/telemetry/work-panels.tsx";

const EVERY_MS = 60_000;
const SPANS = COST_DAYS.map((days) => ({ value: String(days), label: `${days} days` }));

/** What Claude Code reports of this agent, beside what the gateway and Helicone counted. */
export function TelemetryTab({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const days = daysOf(useSearchParams());
  const input = { agentName: agent.name, days };
  const report = useQuery(trpc.telemetry.report.queryOptions(input, { refetchInterval: EVERY_MS }));
  return (
    <WhenLoaded query={report} what="The agent's telemetry" skeleton={<Skeleton className="h-96 w-full" />}>
      {(loaded) =>
        loaded.hasReports ? <Reported agent={agent} report={loaded} days={days} /> : <NoReports days={days} />
      }
    </WhenLoaded>
  );
}

function Reported({ agent, report, days }: { agent: AgentDetail; report: TelemetryReport; days: number }) {
  const sentence = unroutedSentence(report, agent.routing === "direct");
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      {sentence === null ? null : (
        <Notice tone="near" title={sentence} className="xl:col-span-2">
          {formatUsd(report.unrouted)} of {formatUsd(report.reported)} in the last {days} days: nobody could limit it.
          Look for another base URL or key in the agent's settings.
        </Notice>
      )}
      <Panel
        title="Three counts of the same money"
        note="UTC days. Claude Code's figure is its own estimate, at the prices it knows."
        actions={<SpanSwitch />}
        className="xl:col-span-2"
        isFlush
      >
        <DriftTable report={report} />
      </Panel>
      <Panel title="Work" note={`Last ${days} days, reported by Claude Code`} className="xl:col-span-2">
        <WorkFigures work={report.work} />
      </Panel>
      <ToolTables work={report.work} />
    </div>
  );
}

function SpanSwitch() {
  const address = useSearchParams();
  const pathname = usePathname();
  const choose = (value: string) => {
    const next = withPart(address.toString(), { days: value === "30" ? 30 : 7 });
    window.history.replaceState(null, "", pathname + next);
  };
  return <SwitchGroup label="Span" options={SPANS} value={String(daysOf(address))} onChange={choose} />;
}

function NoReports({ days }: { days: number }) {
  return (
    <div className="grid gap-3">
      <div className="justify-self-end">
        <SpanSwitch />
      </div>
      <EmptyState
        icon={Radio}
        title={`No telemetry in the last ${days} days`}
        action={
          <TabLink tab="connect" className={buttonClassNames()}>
            Show how to turn it on
          </TabLink>
        }
      >
        Claude Code can report its own costs, the lines it changed and the tools it used. It is a second count beside
        the gateway's, and the only one for agents that call Anthropic directly.
      </EmptyState>
    </div>
  );
}
