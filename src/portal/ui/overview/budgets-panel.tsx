"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import type { BudgetStandings } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

const EVERY_MS = 60_000;

const COUNTS = [
  ["blocked", "Refused at a limit", "text-stop"],
  ["paused", "Paused", "text-near"],
  ["reached", "Over a limit, calls pass", "text-near"],
  ["near", "Above 80 %", "text-near"],
  ["ok", "Below 80 %", ""],
  ["none", "Without a limit", "text-ink-muted"],
] as const;

/** How many budgets are fine, and which are not. */
export function BudgetsPanel() {
  const trpc = useTRPC();
  const { role } = useViewer();
  const query = useQuery(trpc.overview.budgets.queryOptions(undefined, { refetchInterval: EVERY_MS }));
  return (
    <Panel
      title="Budgets"
      note="Where each agent stands now"
      actions={
        <Link href={role === "admin" ? "/budgets" : "/agents"} className="link text-sm">
          {role === "admin" ? "All budgets" : "All agents"}
        </Link>
      }
    >
      <WhenLoaded query={query} what="The budgets" skeleton={<SkeletonRows rows={4} label="Loading the budgets" />}>
        {(standings) => (
          <>
            <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3">
              {COUNTS.map(([state, label, tone]) => (
                <div key={state}>
                  <dt className="text-xs text-ink-muted">{label}</dt>
                  <dd className={`text-lg font-semibold ${standings[state] === 0 ? "text-ink-muted" : tone}`}>
                    {standings[state].toLocaleString("en-US")}
                  </dd>
                </div>
              ))}
            </dl>
            <Closest standings={standings} />
          </>
        )}
      </WhenLoaded>
    </Panel>
  );
}

function Closest({ standings: { closest } }: { standings: BudgetStandings }) {
  if (closest.length === 0) return <p className="mt-3 text-sm text-ink-muted">No budget is close to its limit.</p>;
  return (
    <ul aria-label="Budgets closest to their limits" className="mt-3 grid gap-1 border-t pt-3 text-sm">
      {closest.map(({ agentName, state, period, usedPercent }) => (
        <li key={agentName} className="flex justify-between gap-3">
          <Link href={`/agents/${encodeURIComponent(agentName)}?tab=budget`} className="link min-w-0 truncate">
            {agentName}
          </Link>
          <span className="whitespace-nowrap text-ink-muted">
            {usedPercent} % of the {period}’s limit{state === "blocked" ? ", refused" : ""}
          </span>
        </li>
      ))}
    </ul>
  );
}
