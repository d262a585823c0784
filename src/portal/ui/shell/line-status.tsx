"use client";

import { useLiveState } from "#portal/client/live-updates.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { useGatewayStatus } from "#portal/ui/gateway/gateway-status.ts";

const GATEWAY = {
  reporting: { dot: "bg-accent", label: "Gateway reporting" },
  silent: { dot: "bg-near-bar", label: "Gateway silent" },
  never: { dot: "bg-line-strong", label: "No gateway yet" },
} as const;

function Dot({ className }: { className: string }) {
  return <span aria-hidden className={classNames("size-2 shrink-0 rounded-full", className)} />;
}

/** Whether calls are being counted, and whether this page follows them. */
export function LineStatus() {
  const live = useLiveState();
  const { data: gateway } = useGatewayStatus();
  const state = gateway ? GATEWAY[gateway.state] : null;
  return (
    <ul aria-label="State of the connection" className="grid gap-1.5 text-xs text-ink-muted">
      <li className="flex items-center gap-2">
        <Dot className={state?.dot ?? "bg-line"} />
        <span>
          {state?.label ?? "Asking the gateway"}
          {gateway?.state === "silent" && gateway.seenAt ? (
            <>
              , seen <RelativeTime at={gateway.seenAt} />
            </>
          ) : null}
        </span>
      </li>
      <li className="flex items-center gap-2">
        <Dot className={live === "live" ? "bg-accent" : "animate-pulse bg-line-strong"} />
        {live === "live" ? "Figures are live" : "Connecting to live figures"}
      </li>
    </ul>
  );
}
