"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { useTRPC } from "#portal/client/trpc.ts";
import { AlertList } from "#portal/ui/alerts/alert-list.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

const SHOWN = 5;

/** The newest alerts; all of them are on their own page. */
export function LatestAlertsPanel() {
  const trpc = useTRPC();
  const query = useQuery(trpc.alerts.list.queryOptions({ limit: SHOWN }));
  return (
    <Panel
      title="Latest alerts"
      className="xl:col-span-2"
      actions={
        <Link href="/alerts" className="link text-sm">
          All alerts
        </Link>
      }
      isFlush
    >
      <WhenLoaded
        query={query}
        what="The alerts"
        skeleton={<SkeletonRows rows={3} label="Loading the latest alerts" />}
      >
        {({ alerts }) =>
          alerts.length === 0 ? (
            <p className="px-4 py-6 text-sm text-ink-muted">No alert yet. The first budget that fills up shows here.</p>
          ) : (
            <AlertList alerts={alerts} />
          )
        }
      </WhenLoaded>
    </Panel>
  );
}
