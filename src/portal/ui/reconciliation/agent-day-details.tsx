"use client";

import { formatUsd } from "#domain/money.ts";
import { PRICE_DIFFERENCES } from "#domain/price-difference.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { utcDay } from "#portal/ui/format/instants.ts";
import { requestAddress } from "#portal/ui/observability/dashboard-address.ts";
import { DifferingCalls } from "#portal/ui/reconciliation/differing-calls.tsx";
import { type AgentDayRow, dayInput, unmatched } from "#portal/ui/reconciliation/prepare-reconciliation.ts";
import { ResendButton } from "#portal/ui/reconciliation/resend-button.tsx";

type AgentDayDetailsProps = { row: AgentDayRow; dashboardUrl: string };

/** What is behind the differences of one agent on one day: calls by their ids, and prices by their reasons. */
export function AgentDayDetails({ row, dashboardUrl }: AgentDayDetailsProps) {
  const whose = `${row.agentName || "no agent"} on ${utcDay(row.dayStart)}`;
  return (
    <div className="grid gap-4 text-sm">
      {unmatched(row) === 0 ? null : (
        <section aria-label={`Calls of ${whose} that the two do not agree on`} className="grid gap-2">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <h3 className="font-medium">Calls that one side lacks or has twice</h3>
            <ResendButton
              missing={row.missingThere}
              scopes={[{ day: dayInput(row.dayStart), agentName: row.agentName }]}
              whose={whose}
            />
          </div>
          <DifferingCalls row={row} dashboardUrl={dashboardUrl} />
        </section>
      )}
      {row.gaps.length === 0 ? null : (
        <section aria-label={`Prices of ${whose} that differ`} className="grid gap-1">
          <h3 className="font-medium">Calls priced differently</h3>
          <ul className="grid gap-1">
            {row.gaps.map((gap) => (
              <Gap key={`${gap.reason} ${gap.model}`} gap={gap} dashboardUrl={dashboardUrl} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Gap({ gap, dashboardUrl }: { gap: AgentDayRow["gaps"][number]; dashboardUrl: string }) {
  return (
    <li>
      <span className="font-medium">{countOf(gap.requests, "call")}</span> to{" "}
      <code className="font-mono text-xs wrap-anywhere">{gap.model || "no model"}</code>:{" "}
      {formatUsd(gap.ledgerCostNanoUsd)} here, {formatUsd(gap.heliconeCostNanoUsd)} in Helicone.{" "}
      <span className="text-ink-muted">{PRICE_DIFFERENCES[gap.reason]}</span>{" "}
      <a
        href={requestAddress(dashboardUrl, gap.requestId)}
        target="_blank"
        rel="noreferrer"
        className="link whitespace-nowrap"
      >
        One of them in Helicone
      </a>
    </li>
  );
}
