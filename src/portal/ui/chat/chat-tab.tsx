"use client";

import { useQueryClient } from "@tanstack/react-query";
import { MessageSquare, Play, Server } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import type { AgentDetail, RunState } from "#portal/client/answers.ts";
import { conversationOf, followConversation, say, stopTalking, type Talk } from "#portal/client/conversation.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { prepareRunState } from "#portal/ui/agent/prepare-run-state.ts";
import { useRunDeeds, useRunState } from "#portal/ui/agent/run-controls.tsx";
import { TabLink } from "#portal/ui/agent/tab-link.tsx";
import { ConversationLog } from "#portal/ui/chat/conversation-log.tsx";
import { EarlierTurns } from "#portal/ui/chat/earlier-turns.tsx";
import { MessageForm } from "#portal/ui/chat/message-form.tsx";
import { Button, buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

const NOTHING_ON_THE_SERVER = { exchanges: [], isRunning: false };

/** Talking to the agent: its answers as they come, and what each message cost. */
export function ChatTab({ agent }: { agent: AgentDetail }) {
  const state = useRunState(agent.name);
  if (agent.runtime === "external" || state === null) return <RunsElsewhere agent={agent} />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <Panel
        title={`Chat with ${agent.name}`}
        note="The agent remembers the conversation; the portal keeps no text of it."
      >
        {state === undefined ? (
          <SkeletonRows rows={6} label="Loading the agent's state" />
        ) : (
          <Talking agent={agent} state={state} />
        )}
      </Panel>
      <EarlierTurns agentName={agent.name} />
    </div>
  );
}

function RunsElsewhere({ agent }: { agent: AgentDetail }) {
  return (
    <Panel title={`Chat with ${agent.name}`}>
      <EmptyState
        icon={Server}
        title={`${agent.name} runs elsewhere`}
        action={
          <TabLink tab="connect" className={buttonClassNames()}>
            How it is connected
          </TabLink>
        }
      >
        The portal meters and limits its calls, but cannot reach it to talk. Agents that the portal runs can be talked
        to here.
      </EmptyState>
    </Panel>
  );
}

function Talking({ agent, state }: { agent: AgentDetail; state: RunState }) {
  const talk: Talk = { viewerId: useViewer().id, agentName: agent.name };
  const conversation = useSyncExternalStore(
    (onChange) => followConversation(talk, onChange),
    () => conversationOf(talk),
    () => NOTHING_ON_THE_SERVER,
  );
  useFreshTurns(agent.name, conversation.isRunning);
  const isReady = state.status === "running" && state.health !== "starting";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {conversation.exchanges.length === 0 ? (
        <EmptyState
          icon={MessageSquare}
          title={isReady ? `Say something to ${agent.name}` : `${agent.name} does not run`}
        >
          {isReady
            ? "It works in its own folder and answers here as it goes. Each message shows what it cost."
            : "Start it to talk to it."}
        </EmptyState>
      ) : (
        <ConversationLog agent={agent} conversation={conversation} />
      )}
      {isReady || conversation.isRunning ? null : <NotRunning agentName={agent.name} state={state} />}
      <MessageForm
        agent={agent}
        isRunning={conversation.isRunning}
        isReady={isReady}
        onSend={(message) => void say(talk, message)}
        onStop={() => stopTalking(talk)}
      />
    </div>
  );
}

/** A turn that begins or ends is in the record before any of its calls are. */
function useFreshTurns(agentName: string, isRunning: boolean): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: beginning and ending are what it waits for
  useEffect(() => {
    void queryClient.invalidateQueries(trpc.chat.turns.queryFilter({ agentName }));
  }, [isRunning, agentName, queryClient, trpc]);
}

function NotRunning({ agentName, state }: { agentName: string; state: RunState }) {
  const deeds = useRunDeeds(agentName);
  const view = prepareRunState(state);
  return (
    <Notice
      tone={view.tone === "stop" || deeds.failure !== null ? "stop" : "plain"}
      title={deeds.failure ?? `${agentName} cannot answer now: ${view.word.toLowerCase()}.`}
      action={
        view.may.start ? (
          <Button look="primary" isBusy={deeds.busy === "start"} onClick={() => deeds.run("start")}>
            {deeds.busy === "start" ? null : <Play aria-hidden />}
            Start {agentName}
          </Button>
        ) : null
      }
    >
      {view.problem}
    </Notice>
  );
}
