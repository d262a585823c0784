"use client";

import { RotateCw } from "lucide-react";

import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type FailedPageProps = { error: unknown; retry: () => void };

/** A page that could not be drawn. The code leads to the portal's log; the error's own text stays there. */
export function FailedPage({ error, retry }: FailedPageProps) {
  const digest = typeof error === "object" && error !== null && "digest" in error ? String(error.digest) : null;
  return (
    <div className="mx-auto w-full max-w-xl p-4">
      <h1 className="mb-4 text-xl font-semibold tracking-tight">This page could not be shown</h1>
      <Notice
        tone="stop"
        title="Something went wrong in the portal. Your agents are not affected."
        action={
          <Button onClick={retry}>
            <RotateCw aria-hidden />
            Try again
          </Button>
        }
      >
        If it stays so, look into the portal's log.{digest === null ? "" : ` The code of this failure is ${digest}.`}
      </Notice>
    </div>
  );
}
