"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Alert } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";

type IncreaseAnswerProps = { increase: NonNullable<Alert["increase"]>; endsAt: Date; headline: string };

/** What became of a request for more; while it waits, admins answer it here. */
export function IncreaseAnswer({ increase, endsAt, headline }: IncreaseAnswerProps) {
  const viewer = useViewer();
  const now = useNow();
  if (increase.state !== "requested") return <Answered increase={increase} />;
  if (endsAt <= now) return <p className="text-sm text-ink-muted">Nobody has answered in time.</p>;
  if (viewer.role !== "admin") return <p className="text-sm text-ink-muted">Waits for an admin's answer.</p>;
  return <Answer increaseId={increase.id} headline={headline} />;
}

function Answered({ increase: { state, decidedByName, decidedAt } }: { increase: IncreaseAnswerProps["increase"] }) {
  const words = { granted: "Granted", declined: "Declined", ended: "Granted, and ended since", requested: "" }[state];
  return (
    <p className="text-sm text-ink-muted">
      {words}
      {decidedByName === null ? null : ` by ${decidedByName}`}
      {decidedAt === null ? null : (
        <>
          , <RelativeTime at={decidedAt} />
        </>
      )}
    </p>
  );
}

function Answer({ increaseId, headline }: { increaseId: number; headline: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const decide = useMutation(
    trpc.budgets.decide.mutationOptions({
      onSettled: async () => {
        await Promise.all([
          queryClient.invalidateQueries(trpc.alerts.list.pathFilter()),
          queryClient.invalidateQueries(trpc.budgets.pathFilter()),
        ]);
      },
    }),
  );
  const asked = decide.isPending ? decide.variables.verdict : null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button
        look="primary"
        isBusy={asked === "granted"}
        disabled={asked === "declined"}
        aria-label={`Grant: ${headline}`}
        onClick={() => decide.mutate({ increaseId, verdict: "granted" })}
      >
        Grant
      </Button>
      <Button
        isBusy={asked === "declined"}
        disabled={asked === "granted"}
        aria-label={`Decline: ${headline}`}
        onClick={() => decide.mutate({ increaseId, verdict: "declined" })}
      >
        Decline
      </Button>
      {decide.error ? (
        <p role="alert" className="text-sm text-stop">
          {failureText(decide.error)}
        </p>
      ) : null}
    </div>
  );
}
