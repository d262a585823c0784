"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import type { AgentDetail } from "#portal/client/answers.ts";

import { failureOf } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { AgentHeader } from "#portal/ui/agent/agent-header.tsx";
import { AgentLoading } from "#portal/ui/agent/agent-loading.tsx";
import { AGENT_TABS, type AgentTab, tabOf, withPart } from "#portal/ui/agent/agent-tabs.ts";
import { BudgetTab } from "#portal/ui/agent/budget-tab.tsx";
import { ConnectTab } from "#portal/ui/agent/connect-tab.tsx";
import { CostsTab } from "#portal/ui/agent/costs-tab.tsx";
import { LogsTab } from "#portal/ui/agent/logs-tab.tsx";
import { RatesTab } from "#portal/ui/agent/rates-tab.tsx";
import { RequestsTab } from "#portal/ui/agent/requests-tab.tsx";
import { SettingsTab } from "#portal/ui/agent/settings-tab.tsx";
import { ChatTab } from "#portal/ui/chat/chat-tab.tsx";
import { NotFoundNotice } from "#portal/ui/errors/not-found-notice.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { TabList } from "#portal/ui/primitives/tab-list.tsx";

const EVERY_MS = 60_000;

const TABS = {
  costs: { label: "Costs", Panel: CostsTab },
  requests: { label: "Requests", Panel: RequestsTab },
  chat: { label: "Chat", Panel: ChatTab },
  logs: { label: "Logs", Panel: LogsTab },
  budget: { label: "Budget", Panel: BudgetTab },
  limits: { label: "Rate limits", Panel: RatesTab },
  connect: { label: "Connect", Panel: ConnectTab },
  settings: { label: "Settings", Panel: SettingsTab },
} as const satisfies Record<AgentTab, { label: string; Panel: (props: { agent: AgentDetail }) => React.ReactNode }>;

/** One agent: what it costs now, and its tabs. */
export function AgentPage({ agentName }: { agentName: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.agents.get.queryOptions({ agentName }, { refetchInterval: EVERY_MS }));

  if (query.data !== undefined) return <LoadedAgent agent={query.data} />;
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

function LoadedAgent({ agent }: { agent: AgentDetail }) {
  const address = useSearchParams();
  const pathname = usePathname();
  const tabs = AGENT_TABS.filter((id) => id !== "settings" || agent.mayEdit).map((id) => {
    const { label, Panel } = TABS[id];
    return { id, label, panel: <Panel agent={agent} /> };
  });
  return (
    <>
      <AgentHeader agent={agent} />
      <TabList
        label={`About ${agent.name}`}
        tabs={tabs}
        current={tabOf(address, { settings: agent.mayEdit })}
        onChange={(tab) => window.history.pushState(null, "", pathname + withPart(address.toString(), { tab }))}
      />
    </>
  );
}
