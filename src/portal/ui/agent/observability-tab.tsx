"use client";

import type { AgentDetail } from "#portal/client/answers.ts";
import { agentAddress } from "#portal/ui/observability/dashboard-address.ts";
import { DashboardFrame, DashboardLink } from "#portal/ui/observability/dashboard-frame.tsx";
import { HeliconeOff } from "#portal/ui/observability/helicone-off.tsx";

type ObservabilityTabProps = { agent: AgentDetail; dashboardUrl: string | null };

/** The agent's calls, as Helicone shows them. For admins. */
export function ObservabilityTab({ agent, dashboardUrl }: ObservabilityTabProps) {
  if (dashboardUrl === null) return <HeliconeOff />;
  const address = agentAddress(dashboardUrl, agent.name);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-sm text-ink-muted">
          What Helicone knows as the user <strong className="font-medium text-ink break-all">{agent.name}</strong>: its
          calls, what they held and what Helicone makes of their cost. The portal's own figures are in “Costs”.
        </p>
        <DashboardLink address={address} label="Open in Helicone" />
      </div>
      <DashboardFrame dashboardUrl={dashboardUrl} address={address} title={`Helicone's dashboard, ${agent.name}`} />
    </div>
  );
}
