"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, LoaderCircle, X } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef } from "react";
import type { AgentDetail, ChatTurn } from "#portal/client/answers.ts";
import type { StreamRefusal } from "#portal/client/chat-stream.ts";
import type { Conversation, Exchange, ToolLine } from "#portal/client/conversation.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { TabLink } from "#portal/ui/agent/tab-link.tsx";
import { Markdown } from "#portal/ui/chat/markdown.tsx";
import { prepareTurnCost, refusalTitle, TURNS_SHOWN } from "#portal/ui/chat/prepare-turn.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type LogProps = { agent: AgentDetail; conversation: Conversation };

/** What was said, oldest first. A reader of the screen hears an answer once it is whole. */
export function ConversationLog({ agent, conversation }: LogProps) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.chat.turns.queryOptions({ agentName: agent.name, limit: TURNS_SHOWN }));
  const end = useRef<HTMLDivElement>(null);
  const count = conversation.exchanges.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is what moves the view
  useEffect(() => {
    void end.current?.scrollIntoView({ block: "nearest" });
  }, [count]);
  return (
    <div
      role="log"
      aria-label={`Conversation with ${agent.name}`}
      aria-busy={conversation.isRunning}
      className="grid grid-cols-[minmax(0,1fr)] gap-6"
    >
      {conversation.exchanges.map((exchange) => (
        <ExchangeView
          key={exchange.id}
          agent={agent}
          exchange={exchange}
          turn={data?.turns.find(({ id }) => id === exchange.turnId)}
        />
      ))}
      <div ref={end} />
    </div>
  );
}

type ExchangeProps = { agent: AgentDetail; exchange: Exchange; turn: ChatTurn | undefined };

function ExchangeView({ agent, exchange, turn }: ExchangeProps) {
  const text = [...exchange.parts].toSorted(([a], [b]) => a - b).map(([, part]) => part);
  return (
    <article
      aria-label={`Your message and the answer of ${agent.name}`}
      className="grid grid-cols-[minmax(0,1fr)] gap-3"
    >
      <div className="ml-auto max-w-[85%] rounded-lg bg-accent-soft px-3.5 py-2.5">
        <p className="sr-only">You:</p>
        <p className="wrap-anywhere whitespace-pre-wrap">{exchange.question}</p>
        <p className="mt-1 text-right text-xs text-ink-muted">
          <ClockTime at={exchange.askedAt} />
        </p>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2.5">
        <p className="text-xs font-medium text-ink-muted">{agent.name}</p>
        {exchange.tools.length === 0 ? null : <Tools tools={exchange.tools} isOver={isOver(exchange)} />}
        {text.length === 0 ? null : <Markdown text={text.join("\n\n")} />}
        <Ending agent={agent} exchange={exchange} />
        <p className="min-h-4.5 text-xs text-ink-muted">{turn === undefined ? null : prepareTurnCost(turn)}</p>
      </div>
    </article>
  );
}

function isOver({ state }: Exchange): boolean {
  return state !== "waiting" && state !== "answering";
}

function Ending({ agent, exchange }: Omit<ExchangeProps, "turn">) {
  const { state, refusal } = exchange;
  if (!isOver(exchange)) {
    return (
      <p className="flex items-center gap-2 text-sm text-ink-muted">
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
        {state === "waiting" ? `${agent.name} is reading your message…` : `${agent.name} is working…`}
      </p>
    );
  }
  if (state === "stopped") return <p className="text-sm text-ink-muted">You stopped it here.</p>;
  if (refusal === null) return null;
  return (
    <Notice tone="stop" title={refusalTitle(refusal, agent.name)} action={agent.mayEdit ? wayOut(refusal) : null}>
      {refusal.message}
    </Notice>
  );
}

/** Where an admin raises the limit that was reached; null where none was. */
function wayOut({ budget }: StreamRefusal) {
  if (budget === null) return null;
  if (budget === "agent") {
    return (
      <TabLink tab="budget" className={buttonClassNames()}>
        Raise the limit
      </TabLink>
    );
  }
  return (
    <Link href="/budgets" className={buttonClassNames()}>
      {budget === "pool" ? "Raise the pool’s limit" : "Raise the fleet’s limit"}
    </Link>
  );
}

const MARKS = {
  started: { icon: LoaderCircle, word: "started" },
  succeeded: { icon: Check, word: "done" },
  failed: { icon: X, word: "failed" },
} as const;

/** What the agent did on the way, by the names of its tools. */
function Tools({ tools, isOver: isEnded }: { tools: readonly ToolLine[]; isOver: boolean }) {
  return (
    <ul aria-label="What it did" className="flex flex-wrap gap-1.5">
      {tools.map((line, index) => {
        const { icon: Icon, word } = MARKS[line.state];
        const isSpinning = line.state === "started" && !isEnded;
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only added at the end, and some have no id
            key={index}
            className="flex items-center gap-1 rounded-full border bg-sunken px-2 py-0.5 text-xs text-ink-muted"
          >
            {line.state === "started" && isEnded ? null : (
              <Icon aria-hidden className={isSpinning ? "size-3 animate-spin" : "size-3"} />
            )}
            {line.tool}
            <span className="sr-only">, {word}</span>
          </li>
        );
      })}
    </ul>
  );
}
