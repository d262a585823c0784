"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import type { AgentDetail } from "#portal/client/answers.ts";

import { failureOf } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { AgentHeader } from "#portal/ui/agent/agent-header.tsx";
import { AgentLoading } from "#portal/ui/agent/agent-loading.tsx";
import { type AgentTab, tabOf, tabsFor, withPart } from "#portal/ui/agent/agent-tabs.ts";
import { BudgetTab } from "#portal/ui/agent/budget-tab.tsx";
import { ConnectTab } from "#portal/ui/agent/connect-tab.tsx";
import { CostsTab } from "#portal/ui/agent/costs-tab.tsx";
import { LogsTab } from "#portal/ui/agent/logs-tab.tsx";
import { ObservabilityTab } from "#portal/ui/agent/observability-tab.tsx";
import { RatesTab } from "#portal/ui/agent/rates-tab.tsx";
import { RequestsTab } from "#portal/ui/agent/requests-tab.tsx";
import { SessionsTab } from "#portal/ui/agent/sessions-tab.tsx";
import { SettingsTab } from "#portal/ui/agent/settings-tab.tsx";
import { ChatTab } from "#portal/ui/chat/chat-tab.tsx";
import { NotFoundNotice } from "#portal/ui/errors/not-found-notice.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { TabList } from "#portal/ui/primitives/tab-list.tsx";
import { TelemetryTab } from "#portal/ui/telemetry/telemetry-tab.tsx";

const EVERY_MS = 60_000;

type AgentPageProps = { /** Of Helicone's pages; null: it is turned off. */ dashboardUrl: string | null };
type PanelProps = AgentPageProps & { agent: AgentDetail };

const TABS: Record<AgentTab, { label: string; Panel: (props: PanelProps) => React.ReactNode }> = {
  costs: { label: "Costs", Panel: CostsTab },
  telemetry: { label: "Telemetry", Panel: TelemetryTab },
  requests: { label: "Requests", Panel: RequestsTab },
  sessions: { label: "Sessions", Panel: SessionsTab },
  chat: { label: "Chat", Panel: ChatTab },
  logs: { label: "Logs", Panel: LogsTab },
  budget: { label: "Budget", Panel: BudgetTab },
  limits: { label: "Rate limits", Panel: RatesTab },
  connect: { label: "Connect", Panel: ConnectTab },
  observability: { label: "Observability", Panel: ObservabilityTab },
  settings: { label: "Settings", Panel: SettingsTab },
};

/** One agent: what it costs now, and its tabs. */
export function AgentPage({ agentName, dashboardUrl }: AgentPageProps & { agentName: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.agents.get.queryOptions({ agentName }, { refetchInterval: EVERY_MS }));

  if (query.data !== undefined) return <LoadedAgent agent={query.data} dashboardUrl={dashboardUrl} />;
  if (query.error === null) return <AgentLoading />;
  const failure = failureOf(query.error);
  if (failure.code === "NOT_FOUND") return <NotFoundNotice />;
  return (
    <FailedState
      what={`${agentName} could not be loaded.`}
      reason={failure.text}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}

function LoadedAgent({ agent, dashboardUrl }: PanelProps) {
  const address = useSearchParams();
  const pathname = usePathname();
  const person = { isAdmin: agent.mayEdit };
  const tabs = tabsFor(person).map((id) => {
    const { label, Panel } = TABS[id];
    return { id, label, panel: <Panel agent={agent} dashboardUrl={dashboardUrl} /> };
  });
  return (
    <>
      <AgentHeader agent={agent} />
      <TabList
        label={`About ${agent.name}`}
        tabs={tabs}
        current={tabOf(address, person)}
        onChange={(tab) => window.history.pushState(null, "", pathname + withPart(address.toString(), { tab }))}
      />
    </>
  );
}
