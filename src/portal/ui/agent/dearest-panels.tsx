"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";

import { formatUsd } from "#domain/money.ts";
import type { CostBySession } from "#portal/client/answers.ts";
import { withSession } from "#portal/client/session-address.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { countOf, formatCount, formatShare } from "#portal/ui/format/counts.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

type DearestPanelsProps = { agentName: string; days: 7 | 30; everyMs: number };

/** Which sessions, and which of their subagents, cost most. */
export function DearestPanels({ agentName, days, everyMs }: DearestPanelsProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.costs.bySession.queryOptions({ agentName, days }, { refetchInterval: everyMs }));
  const note = `Of sessions that called in the last ${days} days, each with all its calls`;
  const part = (title: string, of: (costs: CostBySession) => ReactNode) => (
    <Panel title={title} note={note} isFlush>
      <WhenLoaded query={query} what={title} skeleton={<SkeletonRows rows={5} label={`Loading: ${title}`} />}>
        {of}
      </WhenLoaded>
    </Panel>
  );
  return (
    <>
      {part("Dearest sessions", (costs) => (
        <Sessions costs={costs} />
      ))}
      {part("Dearest subagents", (costs) => (
        <Subagents costs={costs} />
      ))}
    </>
  );
}

/** Where a session of this agent's page opens. */
function sessionHref(agentId: number, sessionId: string): string {
  return withSession("tab=sessions", { agentId, sessionId });
}

function Sessions({ costs: { dearestSessions, sessions, sessionCost } }: { costs: CostBySession }) {
  if (sessions === 0) return <None>No call named a session in this span.</None>;
  return (
    <>
      <DataTable caption="Dearest sessions">
        <thead>
          <tr>
            <HeadCell>Last call</HeadCell>
            <HeadCell>Session</HeadCell>
            <HeadCell isNumeric>Calls</HeadCell>
            <HeadCell isNumeric>Cost</HeadCell>
          </tr>
        </thead>
        <tbody>
          {dearestSessions.map(({ agentId, sessionId, lastCallAt, requests, listCost }) => (
            <Row key={sessionId}>
              <RowHead className="whitespace-nowrap">
                <Link href={sessionHref(agentId, sessionId)} className="link">
                  <ClockTime at={lastCallAt} />
                </Link>
              </RowHead>
              <Cell className="w-full max-w-0 truncate font-mono text-xs text-ink-muted" title={sessionId}>
                {sessionId}
              </Cell>
              <Cell isNumeric className="text-ink-muted">
                {formatCount(requests)}
              </Cell>
              <Cell isNumeric className="font-medium">
                {formatUsd(listCost)}
              </Cell>
            </Row>
          ))}
        </tbody>
      </DataTable>
      <Sum>
        {countOf(sessions, "session")}, {formatUsd(sessionCost)} in all. Calls that name no session are not in this.
      </Sum>
    </>
  );
}

function Subagents({ costs }: { costs: CostBySession }) {
  const { dearestSessions: _, dearestSubagents, subagents, subagentCost, sessionCost } = costs;
  if (subagents === 0) return <None>No subagent called in these sessions.</None>;
  const agentId = costs.dearestSessions[0]?.agentId ?? 0;
  return (
    <>
      <DataTable caption="Dearest subagents">
        <thead>
          <tr>
            <HeadCell>Subagent</HeadCell>
            <HeadCell isNumeric>Calls</HeadCell>
            <HeadCell isNumeric>Cost</HeadCell>
          </tr>
        </thead>
        <tbody>
          {dearestSubagents.map(({ sessionId, subagentId, requests, listCost }) => (
            <Row key={`${sessionId} ${subagentId}`}>
              <RowHead className="w-full max-w-0 truncate font-mono text-xs">
                <Link href={sessionHref(agentId, sessionId)} className="link" title={`In session ${sessionId}`}>
                  {subagentId}
                </Link>
              </RowHead>
              <Cell isNumeric className="text-ink-muted">
                {formatCount(requests)}
              </Cell>
              <Cell isNumeric className="font-medium">
                {formatUsd(listCost)}
              </Cell>
            </Row>
          ))}
        </tbody>
      </DataTable>
      <Sum>
        {countOf(subagents, "subagent")}, {formatUsd(subagentCost)} in all: {formatShare(subagentCost, sessionCost)} of
        what the sessions cost.
      </Sum>
    </>
  );
}

function Sum({ children }: { children: ReactNode }) {
  return <p className="border-t px-4 pt-2 pb-1.5 text-xs text-ink-muted">{children}</p>;
}

function None({ children }: { children: ReactNode }) {
  return <p className="px-4 py-6 text-sm text-ink-muted">{children}</p>;
}
