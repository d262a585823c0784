"use client";

import { Scale, Settings2 } from "lucide-react";
import Link from "next/link";

import { startAddress } from "#portal/ui/observability/dashboard-address.ts";
import { DashboardFrame, DashboardLink } from "#portal/ui/observability/dashboard-frame.tsx";
import { HeliconeOff } from "#portal/ui/observability/helicone-off.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

const TITLE = "Observability";
const NOTE = "The calls of all agents, as Helicone shows them.";

/** Helicone's dashboard within the portal. For admins. `dashboardUrl` null: it is turned off. */
export function ObservabilityPage({ dashboardUrl }: { dashboardUrl: string | null }) {
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} actions={<Actions dashboardUrl={dashboardUrl} />} />
      {dashboardUrl === null ? (
        <HeliconeOff />
      ) : (
        <DashboardFrame
          dashboardUrl={dashboardUrl}
          address={startAddress(dashboardUrl)}
          title="Helicone's dashboard, all agents"
        />
      )}
    </>
  );
}

/** The page's places while it is loading. */
export function ObservabilityLoading() {
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} />
      <Skeleton className="h-[32rem] w-full" />
    </>
  );
}

function Actions({ dashboardUrl }: { dashboardUrl: string | null }) {
  return (
    <>
      <Link href="/observability/reconciliation" className={buttonClassNames()}>
        <Scale aria-hidden />
        Reconciliation
      </Link>
      <Link href="/settings/observability" className={buttonClassNames()}>
        <Settings2 aria-hidden />
        Settings
      </Link>
      {dashboardUrl === null ? null : <DashboardLink address={startAddress(dashboardUrl)} label="Open Helicone" />}
    </>
  );
}
