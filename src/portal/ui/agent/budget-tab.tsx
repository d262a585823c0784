"use client";

import { formatUsd } from "#domain/money.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { BudgetForm } from "#portal/ui/agent/budget-form.tsx";
import { BudgetMeter } from "#portal/ui/budget/budget-meter.tsx";
import { ClockTime, RelativeTime } from "#portal/ui/format/instant.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

const ACTION_WORDS = {
  block: "At a limit, the next call is refused before it reaches the upstream.",
  warn: "At a limit, a warning is recorded and calls continue.",
  none: "Limits are only shown; nothing is refused and nobody is warned.",
} as const;

/** Spending limits: what is used, and (for admins) the form that sets them. */
export function BudgetTab({ agent }: { agent: AgentDetail }) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Panel title="Used" note="The mark on the bars is at 80 %, where warnings begin.">
        <div className="grid gap-5">
          <BudgetMeter budget={agent.budget} period="day" />
          <BudgetMeter budget={agent.budget} period="month" />
        </div>
        <CrossedThresholds alerts={agent.alerts} />
      </Panel>
      <Panel title="Limits" note={<LastChange agent={agent} />}>
        {agent.mayEdit ? <BudgetForm agent={agent} /> : <ReadOnlyLimits agent={agent} />}
      </Panel>
    </div>
  );
}

function LastChange({ agent: { budget } }: { agent: AgentDetail }) {
  if (budget.updatedAt === null) return "Never set.";
  return (
    <>
      Last changed by {budget.updatedBy ?? "somebody"}, <RelativeTime at={budget.updatedAt} />.
    </>
  );
}

function ReadOnlyLimits({ agent: { budget } }: { agent: AgentDetail }) {
  return (
    <div className="grid gap-3 text-sm">
      <dl className="grid grid-cols-2 gap-3">
        {(["day", "month"] as const).map((period) => {
          const { limit } = budget[period];
          return (
            <div key={period}>
              <dt className="text-xs text-ink-muted">{period === "day" ? "Daily limit" : "Monthly limit"}</dt>
              <dd className="text-lg font-semibold">{limit === null ? "none" : formatUsd(limit)}</dd>
            </div>
          );
        })}
      </dl>
      <p>{ACTION_WORDS[budget.actionOnExceed]}</p>
      <p className="text-ink-muted">
        Only admins change limits, because they answer for the bill. Ask one if this agent needs more.
      </p>
    </div>
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
