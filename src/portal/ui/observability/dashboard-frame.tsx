"use client";

import { useQuery } from "@tanstack/react-query";
import { ExternalLink, RotateCw } from "lucide-react";
import { useState } from "react";

import { Button, buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

/** While it does not answer. */
const AGAIN_MS = 5_000;

/**
 * Helicone may do what it needs as a site of its own, and may not take the browser elsewhere by itself. A link of the door's
 * own leads out of the frame to the sign-in.
 */
const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-downloads allow-popups allow-top-navigation-by-user-activation";

type DashboardFrameProps = {
  dashboardUrl: string;
  /** The page of the dashboard. */
  address: string;
  /** What is in the frame, for those who hear it. */
  title: string;
};

/** A page of Helicone's within ours. A browser does not say what is in a frame, so the door is asked first whether it is there. */
export function DashboardFrame({ dashboardUrl, address, title }: DashboardFrameProps) {
  const door = useQuery({
    queryKey: ["dashboard-door", dashboardUrl],
    queryFn: ({ signal }) => isDoorThere(dashboardUrl, signal),
    retry: false,
    refetchInterval: ({ state }) => (state.data === true ? false : AGAIN_MS),
  });
  const [isOpen, setOpen] = useState(false);
  if (door.data === false) return <DoorMissing dashboardUrl={dashboardUrl} onRetry={() => void door.refetch()} />;
  return (
    <div className="relative h-[max(32rem,calc(100dvh-15rem))] overflow-hidden rounded-lg border bg-surface">
      <p role="status" className="absolute inset-x-0 top-1/3 text-center text-sm text-ink-muted">
        {isOpen ? "" : "Opening Helicone…"}
      </p>
      {door.data === true ? (
        <iframe
          title={title}
          src={address}
          sandbox={SANDBOX}
          onLoad={() => setOpen(true)}
          className="relative size-full border-0"
        />
      ) : null}
    </div>
  );
}

/** A plain link to a page of the dashboard, beside the frame. */
export function DashboardLink({ address, label }: { address: string; label: string }) {
  return (
    <a href={address} target="_blank" rel="noreferrer" className={buttonClassNames()}>
      <ExternalLink aria-hidden />
      {label}
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}

function DoorMissing({ dashboardUrl, onRetry }: { dashboardUrl: string; onRetry: () => void }) {
  return (
    <Notice
      tone="near"
      title="The door to Helicone's pages does not answer"
      action={
        <Button onClick={onRetry}>
          <RotateCw aria-hidden />
          Try again
        </Button>
      }
    >
      <p>
        Your browser cannot reach <span className="break-all">{dashboardUrl}</span>. Where the portal has another
        address than this machine's, <code className="font-mono text-xs">HELICONE_DOOR_URL</code> says where the door
        is. Agents, costs and limits are not affected.
      </p>
    </Notice>
  );
}

/** What it answers is for its own pages only; that it does is enough. */
async function isDoorThere(dashboardUrl: string, signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(new URL("/healthz", dashboardUrl), { mode: "no-cors", credentials: "omit", cache: "no-store", signal });
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}
