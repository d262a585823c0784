"use client";

import { useSubscription } from "@trpc/tanstack-react-query";
import { ScrollText, Server } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { formatCount } from "#portal/ui/format/counts.ts";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

const TAIL = 500;
const LINES_MAX = 2_000;

/** What the agent writes, as it writes it. */
export function LogsTab({ agent }: { agent: AgentDetail }) {
  if (agent.runtime !== "external") return <LiveLog agentName={agent.name} />;
  return (
    <Panel title="Log">
      <EmptyState icon={Server} title={`${agent.name} runs elsewhere`}>
        Its log is where it runs. The portal sees its calls only: they are under Requests.
      </EmptyState>
    </Panel>
  );
}

type Log = { lines: string[]; left: number; isOpen: boolean };

function LiveLog({ agentName }: { agentName: string }) {
  const trpc = useTRPC();
  const [log, setLog] = useState<Log>({ lines: [], left: 0, isOpen: false });
  const subscription = useSubscription(
    trpc.agents.logs.subscriptionOptions(
      { agentName, tail: TAIL },
      {
        // A line that was lost starts over, with the tail.
        onStarted: () => setLog({ lines: [], left: 0, isOpen: true }),
        onData: (news) =>
          setLog((before) => ({
            lines: [...before.lines, ...news.lines.map(plainLine)].slice(-LINES_MAX),
            left: before.left + news.left,
            isOpen: true,
          })),
      },
    ),
  );
  const problem = failureText(subscription.error);
  if (problem !== null) {
    return (
      <FailedState
        what="The log cannot be followed."
        reason={problem}
        onRetry={() => subscription.reset()}
        isRetrying={subscription.status === "connecting"}
      />
    );
  }
  return (
    <Panel
      title="Log"
      note={
        log.left === 0
          ? "The latest lines, and new ones as they are written."
          : `${formatCount(log.left)} lines came too fast and were left out.`
      }
      actions={log.lines.length === 0 ? null : <CopyButton text={log.lines.join("\n")} label="Copy the log" />}
      isFlush
    >
      {log.lines.length > 0 ? <Lines lines={log.lines} /> : <NoLines isOpen={log.isOpen} />}
    </Panel>
  );
}

function NoLines({ isOpen }: { isOpen: boolean }) {
  if (!isOpen) return <SkeletonRows rows={6} label="Loading the log" />;
  return (
    <EmptyState icon={ScrollText} title="Nothing written yet">
      Lines appear here as the agent writes them.
    </EmptyState>
  );
}

/** Stays at the end while the reader is there, and where they are when they have scrolled up. */
function Lines({ lines }: { lines: string[] }) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    <div
      ref={box}
      role="group"
      aria-label="Lines of the log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className="h-[min(60dvh,36rem)] overflow-auto border-t bg-sunken px-4 py-3 -outline-offset-2"
    >
      <pre className="font-mono text-xs leading-5 break-words whitespace-pre-wrap">{lines.join("\n")}</pre>
    </div>
  );
}

/** Colours and cursor movements are for terminals. */
function plainLine(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return line.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}
