"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";

import type { HeliconeStatus } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { useGatewayStatus } from "#portal/ui/gateway/gateway-status.ts";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

const EVERY_MS = 10_000;
const UNSAID = "No gateway has said.";
const STATES = { reporting: "Reporting", silent: "Silent", never: "Has never reported" } as const;
const BREAKERS = { closed: "Calls go through it", open: "Calls go around it", half_open: "Being tried again" } as const;

/** Whether calls are counted, and whether Helicone keeps up. For admins. */
export function HealthPanel({ hasDashboard }: { hasDashboard: boolean }) {
  const query = useGatewayStatus();
  return (
    <Panel
      title="Gateway and Helicone"
      note="What they say of themselves"
      actions={
        <Link href="/settings/observability" className="link text-sm">
          More on Helicone
        </Link>
      }
    >
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm">
        <WhenLoaded
          query={query}
          what="The gateway's state"
          skeleton={<SkeletonRows rows={2} label="Loading the gateway's state" />}
        >
          {({ state, seenAt, journalBacklog }) => (
            <>
              <Fact label="Gateway" isBad={state !== "reporting"}>
                {STATES[state]}
                {seenAt === null ? null : (
                  <span className="font-normal text-ink-muted">
                    , seen <RelativeTime at={seenAt} />
                  </span>
                )}
              </Fact>
              <Fact label="Calls on its disk, not yet in the ledger">
                {journalBacklog === null ? <Unknown reason={UNSAID} /> : countOf(journalBacklog, "call")}
              </Fact>
            </>
          )}
        </WhenLoaded>
        {hasDashboard ? <HeliconeHealth /> : <Fact label="Helicone">Turned off</Fact>}
      </dl>
    </Panel>
  );
}

function HeliconeHealth() {
  const trpc = useTRPC();
  const query = useQuery(trpc.helicone.status.queryOptions(undefined, { refetchInterval: EVERY_MS }));
  return (
    <WhenLoaded
      query={query}
      what="Helicone's state"
      skeleton={<SkeletonRows rows={2} label="Loading Helicone's state" />}
    >
      {(status) => (
        <>
          <Fact label="Helicone" isBad={status.backlog?.failing || isAround(status)}>
            {wayOf(status)}
          </Fact>
          <Fact label="Calls it is still to be told of">
            {status.backlog === null ? <Unknown reason={UNSAID} /> : countOf(status.backlog.waiting, "call")}
            {status.backlog?.failing ? <span className="font-normal">: nothing gets through</span> : null}
          </Fact>
        </>
      )}
    </WhenLoaded>
  );
}

function isAround({ breaker }: HeliconeStatus): boolean {
  return breaker !== null && breaker.state !== "closed";
}

function wayOf({ state, breaker, mode }: HeliconeStatus): ReactNode {
  if (state === "unknown") return <Unknown reason={UNSAID} />;
  if (breaker !== null) return BREAKERS[breaker.state];
  return mode === "proxy" ? "Proxy mode" : "Told after each call";
}

type FactProps = { label: string; isBad?: boolean | undefined; children: ReactNode };

function Fact({ label, isBad = false, children }: FactProps) {
  return (
    <div>
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd className={isBad ? "font-semibold text-near" : "font-semibold"}>{children}</dd>
    </div>
  );
}
