"use client";

import { Download } from "lucide-react";

import { callQueryText } from "#portal/client/call-address.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton, SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { CallDrawer } from "#portal/ui/requests/call-drawer.tsx";
import { CallFilters } from "#portal/ui/requests/call-filters.tsx";
import { CallListPanel } from "#portal/ui/requests/call-list-panel.tsx";
import { DurationsPanel } from "#portal/ui/requests/durations-panel.tsx";
import { useCallView } from "#portal/ui/requests/use-call-view.ts";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

type RequestsPageProps = { /** Of Helicone's pages; null: it is turned off. */ dashboardUrl: string | null };

/** Every call that the person may see. What is shown is in the address: sending the address sends the view. */
export function RequestsPage({ dashboardUrl }: RequestsPageProps) {
  const viewer = useViewer();
  const view = useCallView();
  const text = callQueryText(view.query);
  return (
    <>
      <RequestsHeading isAdmin={viewer.role === "admin"} viewText={text} />
      <div className="grid grid-cols-1 gap-4">
        <CallFilters view={view} />
        <DurationsPanel query={view.query} />
        <CallListPanel view={view} />
      </div>
      <CallDrawer view={view} dashboardUrl={dashboardUrl} />
    </>
  );
}

/** The page's places while it is loading. */
export function RequestsLoading() {
  return (
    <>
      <PageHeading title="Requests" note="Every call of the agents." />
      <div className="grid grid-cols-1 gap-4">
        <Skeleton className="h-8 w-full max-md:h-44" />
        <Panel title="How long calls took">
          <Skeleton className="h-52 w-full" />
        </Panel>
        <Panel title="Calls" isFlush>
          <SkeletonRows rows={10} label="Loading the calls" />
        </Panel>
      </div>
    </>
  );
}

function RequestsHeading({ isAdmin, viewText }: { isAdmin: boolean; viewText: string }) {
  return (
    <PageHeading
      title="Requests"
      note={isAdmin ? "Every call of all agents." : "Every call of your agents."}
      actions={
        <>
          <ExportLink format="csv" viewText={viewText} label="Export CSV" />
          <ExportLink format="focus" viewText={viewText} label="Export FOCUS" />
        </>
      }
    />
  );
}

function ExportLink({ format, viewText, label }: { format: "csv" | "focus"; viewText: string; label: string }) {
  const view = viewText === "" ? "" : `&${viewText}`;
  return (
    <a href={`/api/requests/export?format=${format}${view}`} className={buttonClassNames()}>
      <Download aria-hidden />
      {label}
    </a>
  );
}
