"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { BellRing, SearchX } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";

import type { Alert } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { type AlertChoice, alertChoiceOf, latestAlerts } from "#portal/client/latest-alerts.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { AlertFilters } from "#portal/ui/alerts/alert-filters.tsx";
import { AlertList } from "#portal/ui/alerts/alert-list.tsx";
import { useSeenAlerts } from "#portal/ui/alerts/use-seen-alerts.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { Button, buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

/** Everything that people were told, and what owners ask for. The choice of what is shown is in the address. */
export function AlertsPage() {
  const trpc = useTRPC();
  const viewer = useViewer();
  const choice = alertChoiceOf(useSearchParams());
  const query = useInfiniteQuery(latestAlerts(trpc, choice));
  const alerts = query.data?.pages.flatMap((page) => page.alerts);
  const isWhole = choice.kind === null && choice.agentName === null;
  useSeenAlerts(isWhole ? (alerts?.[0]?.id ?? null) : null);

  return (
    <>
      <AlertsHeading isAdmin={viewer.role === "admin"} />
      <Panel title="Alerts, newest first" actions={<AlertFilters choice={choice} />} isFlush>
        {alerts === undefined ? (
          <NoAlertsYet query={query} />
        ) : (
          <ShownAlerts alerts={alerts} choice={choice} query={query} />
        )}
      </Panel>
    </>
  );
}

/** The page's places while it is loading. */
export function AlertsLoading() {
  return (
    <>
      <AlertsHeading isAdmin={false} />
      <Panel title="Alerts, newest first" isFlush>
        <SkeletonRows rows={6} label="Loading the alerts" className="h-16" />
      </Panel>
    </>
  );
}

function AlertsHeading({ isAdmin }: { isAdmin: boolean }) {
  const actions = isAdmin ? (
    <Link href="/settings/notifications" className={buttonClassNames()}>
      Who is told, and how
    </Link>
  ) : null;
  return (
    <PageHeading
      title="Alerts"
      note="Limits that are nearly spent, agents that run away, and requests for more."
      actions={actions}
    />
  );
}

type Query = {
  error: unknown;
  isFetching: boolean;
  isFetchingNextPage: boolean;
  hasNextPage: boolean;
  refetch: () => unknown;
  fetchNextPage: () => unknown;
};

function NoAlertsYet({ query }: { query: Query }) {
  if (query.error === null) return <SkeletonRows rows={6} label="Loading the alerts" className="h-16" />;
  return (
    <FailedState
      what="The alerts could not be loaded."
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}

function ShownAlerts({ alerts, choice, query }: { alerts: Alert[]; choice: AlertChoice; query: Query }) {
  if (alerts.length === 0) return <NoAlerts isWhole={choice.kind === null && choice.agentName === null} />;
  return (
    <>
      <AlertList alerts={alerts} />
      <div className="flex flex-wrap items-center justify-between gap-2 border-t px-4 pt-2.5 pb-1.5 text-xs text-ink-muted">
        <p aria-live="polite">
          {query.hasNextPage
            ? `${countOf(alerts.length, "alert")} shown`
            : `All ${countOf(alerts.length, "alert")} shown`}
        </p>
        {query.hasNextPage ? (
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        ) : null}
      </div>
    </>
  );
}

function NoAlerts({ isWhole }: { isWhole: boolean }) {
  if (!isWhole) {
    return (
      <EmptyState icon={SearchX} title="None of this kind">
        There is no such alert. Choose another kind or agent.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={BellRing} title="Nothing to worry about">
      When an agent nears a limit, spends far faster than usual or repeats itself, it is told here, at once.
    </EmptyState>
  );
}
