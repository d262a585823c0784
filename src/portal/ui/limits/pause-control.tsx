"use client";

import { useMutation } from "@tanstack/react-query";
import { CirclePause, CirclePlay } from "lucide-react";
import { type FormEvent, useState } from "react";

import type { AgentDetail } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type PausedAgent = Pick<AgentDetail, "name" | "pause">;

/** Stops an agent by hand, and lets it go on. For admins. */
export function PauseControl({ agent }: { agent: PausedAgent }) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const [isAsking, setAsking] = useState(false);
  const resume = useMutation(trpc.budgets.resume.mutationOptions({ onSettled: reload }));
  if (agent.pause !== null) {
    return (
      <div className="grid gap-2">
        <div>
          <Button look="primary" isBusy={resume.isPending} onClick={() => resume.mutate({ agentName: agent.name })}>
            {resume.isPending ? null : <CirclePlay aria-hidden />}
            Resume
          </Button>
        </div>
        {resume.error ? <Notice tone="near" title={failureText(resume.error)} /> : null}
      </div>
    );
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <CirclePause aria-hidden />
        Pause…
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Pause ${agent.name}?`}
        description="From now on its calls are refused; one that is running may end. Its session stays intact, and it goes on when an admin resumes it."
      >
        <PauseForm agentName={agent.name} onDone={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function PauseForm({ agentName, onDone }: { agentName: string; onDone: () => void }) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const [reason, setReason] = useState("");
  const pause = useMutation(
    trpc.budgets.pause.mutationOptions({
      onSuccess: async () => {
        await reload();
        onDone();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== "" && !pause.isPending) pause.mutate({ agentName, reason });
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <TextField
        label="Reason"
        hint="Its owner and other admins will read it."
        maxLength={300}
        autoComplete="off"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {pause.error ? <Notice tone="stop" title={failureText(pause.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="danger" isBusy={pause.isPending} disabled={reason.trim() === ""}>
          Pause the agent
        </Button>
      </div>
    </form>
  );
}
