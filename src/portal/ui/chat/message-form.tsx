"use client";

import { SendHorizontal, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import { MESSAGE_BYTES_MAX } from "#domain/chat-limits.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { prepareBanner, stoppedByText } from "#portal/ui/budget/prepare-budget.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";

type MessageFormProps = {
  agent: AgentDetail;
  isRunning: boolean;
  /** Whether the agent could hear a message. */
  isReady: boolean;
  onSend: (message: string) => void;
  onStop: () => void;
};

/** Where a message is written. Enter sends, Shift and Enter begins a new line; while the agent works, it can be stopped. */
export function MessageForm({ agent, isRunning, isReady, onSend, onStop }: MessageFormProps) {
  const id = useId();
  const [message, setMessage] = useState("");
  const isTooLong = message.length > MESSAGE_BYTES_MAX / 4 && new Blob([message]).size > MESSAGE_BYTES_MAX;
  const canSend = isReady && !isRunning && !isTooLong && message.trim() !== "";
  const send = () => {
    if (!canSend) return;
    onSend(message);
    setMessage("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && isRunning) onStop();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form onSubmit={submit} className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        Message to {agent.name}
      </label>
      <div className="flex items-end gap-2">
        <textarea
          id={id}
          aria-describedby={`${id}-note`}
          aria-invalid={isTooLong || undefined}
          rows={Math.min(10, Math.max(2, message.split("\n").length))}
          value={message}
          onChange={(event) => setMessage(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder={isReady ? "What should it do?" : undefined}
          className="min-w-0 flex-1 resize-y rounded-md border border-line-strong bg-surface px-2.5 py-2 text-base text-ink placeholder:text-ink-faint aria-invalid:border-stop max-md:text-lg"
        />
        {isRunning ? (
          <Button onClick={onStop}>
            <Square aria-hidden />
            Stop
          </Button>
        ) : (
          <Button type="submit" look="primary" disabled={!canSend}>
            <SendHorizontal aria-hidden />
            Send
          </Button>
        )}
      </div>
      <p id={`${id}-note`} className="flex min-h-4.5 flex-wrap justify-between gap-x-4 text-xs text-ink-muted">
        <span>{noteOf({ isTooLong, isRunning })}</span>
        <BudgetLine agent={agent} />
      </p>
    </form>
  );
}

function noteOf({ isTooLong, isRunning }: { isTooLong: boolean; isRunning: boolean }): string {
  if (isTooLong) return "A message has at most 1 MB. Put large material into a file of the agent's workspace.";
  return isRunning ? "Escape stops the agent." : "Enter sends, Shift+Enter begins a new line.";
}

/** Near the limit, and at it, what the next message meets; in the words of the banner above. */
function BudgetLine({ agent }: { agent: AgentDetail }) {
  const banner = prepareBanner(agent.budget, useNow());
  if (agent.stoppedBy !== null && agent.budget.state !== "blocked") {
    return <span className="text-stop">{stoppedByText(agent.stoppedBy)}</span>;
  }
  if (banner === null) return null;
  return <span className={classNames(banner.tone === "stop" ? "text-stop" : "text-near")}>{banner.title}</span>;
}
