"use client";

import { Send } from "lucide-react";
import { useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { type ResendScope, useResend } from "#portal/ui/reconciliation/use-resend.ts";

type ResendButtonProps = {
  /** How many calls Helicone lacks. */
  missing: number;
  scopes: readonly ResendScope[];
  /** Whose they are: "all agents", "builder on 24 Nov". */
  whose: string;
  look?: "primary" | "plain";
};

/** Sends again what Helicone lacks: one click, and a question first. */
export function ResendButton({ missing, scopes, whose, look = "plain" }: ResendButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const resend = useResend();
  if (missing === 0) return null;
  return (
    <>
      <Button
        look={look}
        aria-label={`Send ${countOf(missing, "missing call")} again, of ${whose}`}
        onClick={() => setAsking(true)}
      >
        <Send aria-hidden />
        Send {countOf(missing, "missing call")} again…
      </Button>
      <p role="status" className="text-xs text-ink-muted empty:hidden">
        {resend.data === undefined ? "" : outcomeText(resend.data)}
      </p>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
          resend.reset();
        }}
        title={`Send ${countOf(missing, "call")} to Helicone again?`}
        consequence={
          <>
            Those of {whose}. Helicone is asked for each first, so none gets there twice. They are sent as metadata:
            their texts are not kept. Calls that are on their way already stay as they are.
          </>
        }
        action="Send again"
        onConfirm={() => resend.mutate(scopes, { onSuccess: () => setAsking(false) })}
        isBusy={resend.isPending}
        failure={failureText(resend.error)}
      />
    </>
  );
}

function outcomeText(requests: number): string {
  if (requests === 0) return "None had to be: they are on their way already.";
  return `${countOf(requests, "call")} on the way. The next comparison finds ${requests === 1 ? "it" : "them"} there.`;
}
