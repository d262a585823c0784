"use client";

import { useQuery } from "@tanstack/react-query";

import { formatUsd } from "#domain/money.ts";
import type { AgentBudgets, AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { AgentIncreases } from "#portal/ui/agent/agent-increases.tsx";
import { AgentLimitsForm } from "#portal/ui/agent/agent-limits-form.tsx";
import { ReadOnlyLimits } from "#portal/ui/agent/read-only-limits.tsx";
import { TemplateProposal } from "#portal/ui/agent/template-proposal.tsx";
import { BudgetMeter } from "#portal/ui/budget/budget-meter.tsx";
import { forecastText } from "#portal/ui/budget/prepare-forecast.ts";
import { SharedBudgets } from "#portal/ui/budget/shared-budgets.tsx";
import { ClockTime, RelativeTime } from "#portal/ui/format/instant.tsx";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { PauseControl } from "#portal/ui/limits/pause-control.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";

const EVERY_MS = 60_000;

/** Spending limits: what is used and where it is heading, and (for admins) the form that sets them. */
export function BudgetTab({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.budgets.status.queryOptions({ agentName: agent.name }, { refetchInterval: EVERY_MS }));
  if (query.data === undefined && query.error !== null) {
    return (
      <FailedState
        what="The limits could not be loaded."
        reason={failureText(query.error) ?? ""}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    );
  }
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="grid gap-4">
        <UsedPanel agent={agent} budgets={query.data} />
        {query.data === undefined ? null : <AgentIncreases agent={agent} budgets={query.data} />}
      </div>
      <Panel title="Limits" note={<LastChange agent={agent} />}>
        {agent.mayEdit ? (
          <div className="grid gap-4">
            {agent.runtime === "adopted" && agent.budget.version === 0 ? <TemplateProposal agent={agent} /> : null}
            <AgentLimitsForm agent={agent} />
          </div>
        ) : (
          <ReadOnlyLimits budget={agent.budget} />
        )}
      </Panel>
    </div>
  );
}

function UsedPanel({ agent, budgets }: { agent: AgentDetail; budgets: AgentBudgets | undefined }) {
  return (
    <Panel
      title="Used"
      note="The marks on the bars are where people are warned."
      actions={agent.mayEdit ? <PauseControl agent={agent} /> : null}
    >
      <div className="grid gap-5">
        {(["day", "month"] as const).map((period) => (
          <div key={period} className="grid gap-1.5">
            <BudgetMeter budget={agent.budget} period={period} />
            <ForecastLine budgets={budgets} period={period} />
          </div>
        ))}
      </div>
      {agent.shared.length > 0 ? (
        <div className="mt-5 border-t pt-3">
          <SharedBudgets shared={agent.shared} />
        </div>
      ) : null}
      <CrossedThresholds alerts={agent.alerts} />
    </Panel>
  );
}

function ForecastLine({ budgets, period }: { budgets: AgentBudgets | undefined; period: "day" | "month" }) {
  const now = useNow();
  if (budgets === undefined) return <Skeleton className="h-3 w-56" />;
  const text = forecastText(budgets.budget, { period, forecast: budgets.forecast[period] }, now);
  return text === null ? null : <p className="text-xs text-ink-muted">{text}</p>;
}

function LastChange({ agent: { budget } }: { agent: AgentDetail }) {
  const who = budget.followsDefault ? "This agent follows the default limits. " : "";
  if (budget.updatedAt === null) return who === "" ? "Never set." : who;
  return (
    <>
      {who}Last changed by {budget.updatedBy ?? "somebody"}, <RelativeTime at={budget.updatedAt} />.
    </>
  );
}

function CrossedThresholds({ alerts }: { alerts: AgentDetail["alerts"] }) {
  if (alerts.length === 0) return null;
  return (
    <div className="mt-5 border-t pt-3">
      <h3 className="text-xs font-medium text-ink-muted">Crossed in the current day and month</h3>
      <ul className="mt-1.5 grid gap-1 text-sm">
        {alerts.map(({ period, thresholdPercent, limit, spent, crossedAt }) => (
          <li key={`${period} ${thresholdPercent} ${limit}`} className="flex flex-wrap justify-between gap-x-4">
            <span>
              {thresholdPercent} % of {formatUsd(limit)} {period === "day" ? "a day" : "a month"}
            </span>
            <span className="text-ink-muted">
              at {formatUsd(spent)}, <ClockTime at={crossedAt} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
