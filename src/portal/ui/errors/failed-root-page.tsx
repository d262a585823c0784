"use client";

import { FailedPage } from "#portal/ui/errors/failed-page.tsx";

type FailedRootPageProps = { error: unknown; retry: () => void };

/** A page of which not even the frame could be drawn. */
export function FailedRootPage(props: FailedRootPageProps) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <FailedPage {...props} />
    </main>
  );
}
