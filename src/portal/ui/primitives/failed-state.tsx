"use client";

import { RotateCw } from "lucide-react";

import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type FailedStateProps = { what: string; reason: string; onRetry: () => void; isRetrying: boolean };

/** Something could not be loaded: what, why, and a way to try again. Never shown as an empty list. */
export function FailedState({ what, reason, onRetry, isRetrying }: FailedStateProps) {
  return (
    <div className="p-4">
      <Notice
        tone="stop"
        title={what}
        action={
          <Button onClick={onRetry} isBusy={isRetrying}>
            {isRetrying ? null : <RotateCw aria-hidden />}
            Try again
          </Button>
        }
      >
        {reason}
      </Notice>
    </div>
  );
}
