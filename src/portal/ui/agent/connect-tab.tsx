"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ConnectPanel } from "#portal/ui/agent/connect-panel.tsx";
import { CalendarDay } from "#portal/ui/format/instant.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

/** `virtualKey` is null where the new key went straight to the agent and nobody needs to read it. */
type Rotated = { virtualKey: string | null; keyHint: string };

/** How Claude Code is pointed at the gateway as this agent, and the agent's key. */
export function ConnectTab({ agent }: { agent: AgentDetail }) {
  const [rotated, setRotated] = useState<Rotated | null>(null);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
      <Panel title="Connect Claude Code" note={noteOf(agent)}>
        <ConnectPanel agentName={agent.name} keyHint={agent.keyHint} virtualKey={rotated?.virtualKey ?? null} />
      </Panel>
      <Panel title="The agent's key">
        {rotated === null ? (
          <HiddenKey agent={agent} onRotated={setRotated} />
        ) : (
          <FreshKey virtualKey={rotated.virtualKey} />
        )}
      </Panel>
    </div>
  );
}

function HiddenKey({ agent, onRotated }: { agent: AgentDetail; onRotated: (rotated: Rotated) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const rotate = useMutation(
    trpc.agents.rotateKey.mutationOptions({
      onSuccess: (rotated) => {
        setAsking(false);
        onRotated(rotated);
        void queryClient.invalidateQueries(trpc.agents.get.queryFilter({ agentName: agent.name }));
      },
    }),
  );
  return (
    <div className="grid gap-3 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <KeyRound aria-hidden className="size-4 text-ink-muted" />
        <code className="font-mono">tvk_…{agent.keyHint}</code>
        <span className="text-xs text-ink-muted">
          made <CalendarDay at={agent.keyRotatedAt} />
        </span>
      </p>
      <p className="text-ink-muted">
        The key itself was shown once and is kept nowhere. If it is lost, or somebody else has it, make a new one.
      </p>
      <div>
        <Button onClick={() => setAsking(true)}>Rotate the key…</Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
          rotate.reset();
        }}
        title={`Rotate the key of ${agent.name}?`}
        consequence={consequenceOf(agent)}
        action="Rotate the key"
        onConfirm={() => rotate.mutate({ agentName: agent.name })}
        isBusy={rotate.isPending}
        failure={failureText(rotate.error)}
      />
    </div>
  );
}

function noteOf({ runtime }: AgentDetail): string {
  return runtime === "external"
    ? "Set these where the agent runs, then start it."
    : "The agent has these already; here is what they look like.";
}

function consequenceOf({ name, runtime, keyHint }: AgentDetail): string {
  return runtime === "external"
    ? `The present key (…${keyHint}) stops working at once. Wherever this agent runs, its next call is refused with 401 until it has the new key.`
    : `${name} is made again around its files with a new key, and started if it was running. What it is working on is broken off.`;
}

function FreshKey({ virtualKey }: { virtualKey: string | null }) {
  if (virtualKey === null) {
    return (
      <Notice tone="plain" title="The agent has its new key.">
        The earlier key does not work any more.
      </Notice>
    );
  }
  return (
    <div className="grid gap-3">
      <Notice tone="plain" title="This key is shown this once.">
        Copy it now. It is in the lines on this page until you leave; the earlier key does not work any more.
      </Notice>
      <div className="flex items-center gap-2 rounded-md border bg-sunken px-3 py-2">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{virtualKey}</code>
        <CopyButton text={virtualKey} label="Copy the key" />
      </div>
    </div>
  );
}
