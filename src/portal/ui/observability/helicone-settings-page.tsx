"use client";

import { useQuery } from "@tanstack/react-query";
import { Scale } from "lucide-react";
import Link from "next/link";

import type { HeliconeReach, HeliconeStatus } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { startAddress } from "#portal/ui/observability/dashboard-address.ts";
import { DashboardLink } from "#portal/ui/observability/dashboard-frame.tsx";
import { HeliconeFacts } from "#portal/ui/observability/helicone-facts.tsx";
import { HeliconeOff } from "#portal/ui/observability/helicone-off.tsx";
import { LogContentPanel } from "#portal/ui/observability/log-content-panel.tsx";
import { NotLoaded } from "#portal/ui/observability/not-loaded.tsx";
import { prepareConcern } from "#portal/ui/observability/prepare-helicone-state.ts";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

const TITLE = "LLM Observability";
const NOTE = "How Helicone is fed, and whether it keeps up. No call depends on it.";
const EVERY_MS = 5_000;
const REACH_EVERY_MS = 15_000;

type HeliconeSettingsPageProps = {
  /** Null: it is turned off. */
  dashboardUrl: string | null;
  /** Why the dashboard shows nothing as the settings are. */
  dashboardObstacle: string | null;
};

/** Whether Helicone works, and what it is told. For admins. */
export function HeliconeSettingsPage({ dashboardUrl, dashboardObstacle }: HeliconeSettingsPageProps) {
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} actions={<Actions dashboardUrl={dashboardUrl} />} />
      {dashboardUrl === null ? (
        <HeliconeOff>Nothing of it is called, and nothing is sent to it.</HeliconeOff>
      ) : (
        <div className="grid gap-4">
          {dashboardObstacle === null ? null : (
            <Notice tone="near" title="The dashboard cannot be opened as the settings are">
              {dashboardObstacle}
            </Notice>
          )}
          <HeliconeSettings dashboardUrl={dashboardUrl} />
        </div>
      )}
    </>
  );
}

/** The page's places while it is loading. */
export function HeliconeSettingsLoading() {
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} />
      <div className="grid gap-4">
        <Panel title="Helicone">
          <SkeletonRows rows={4} label="Loading the state of Helicone" />
        </Panel>
        <Panel title="What Helicone is told">
          <SkeletonRows rows={3} label="Loading what Helicone is told" className="h-14" />
        </Panel>
      </div>
    </>
  );
}

function Actions({ dashboardUrl }: { dashboardUrl: string | null }) {
  if (dashboardUrl === null) return null;
  return (
    <>
      <Link href="/observability/reconciliation" className={buttonClassNames()}>
        <Scale aria-hidden />
        Reconciliation
      </Link>
      <DashboardLink address={startAddress(dashboardUrl)} label="Open Helicone" />
    </>
  );
}

function HeliconeSettings({ dashboardUrl }: { dashboardUrl: string }) {
  const trpc = useTRPC();
  const status = useQuery(trpc.helicone.status.queryOptions(undefined, { refetchInterval: EVERY_MS }));
  const reach = useQuery(trpc.helicone.reach.queryOptions(undefined, { refetchInterval: REACH_EVERY_MS }));
  return (
    <div className="grid gap-4">
      {status.data === undefined ? null : <Concern status={status.data} reach={reach.data} />}
      <Panel title="Helicone" note={<Heading dashboardUrl={dashboardUrl} status={status.data} />}>
        {status.data === undefined ? (
          <NotLoaded query={status} what="The state of Helicone could not be loaded.">
            <SkeletonRows rows={4} label="Loading the state of Helicone" />
          </NotLoaded>
        ) : (
          <HeliconeFacts status={status.data} reach={reach.data} />
        )}
      </Panel>
      <LogContentPanel />
    </div>
  );
}

function Heading({ dashboardUrl, status }: { dashboardUrl: string; status: HeliconeStatus | undefined }) {
  return (
    <>
      Turned on. Its pages are behind the door at{" "}
      <a href={startAddress(dashboardUrl)} target="_blank" rel="noreferrer" className="link wrap-anywhere">
        {dashboardUrl}
      </a>
      {status?.seenAt ? (
        <>
          . The gateway last spoke of it <RelativeTime at={status.seenAt} />
        </>
      ) : null}
      .
    </>
  );
}

function Concern({ status, reach }: { status: HeliconeStatus; reach: HeliconeReach | undefined }) {
  const concern = prepareConcern(status, reach);
  if (concern === null) return null;
  return (
    <Notice tone={concern.tone} title={concern.title}>
      {concern.body}
    </Notice>
  );
}
