"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";

import { failureText } from "#portal/client/failure.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { COST_DAYS, type CostDays, daysOf, withPart } from "#portal/ui/agent/agent-tabs.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { utcDay } from "#portal/ui/format/instants.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { HeliconeOff } from "#portal/ui/observability/helicone-off.tsx";
import { NotLoaded } from "#portal/ui/observability/not-loaded.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";
import { dayInput, prepareReconciliation } from "#portal/ui/reconciliation/prepare-reconciliation.ts";
import { PriceReasonsPanel } from "#portal/ui/reconciliation/price-reasons-panel.tsx";
import {
  ReconciliationFigures,
  ReconciliationFiguresLoading,
} from "#portal/ui/reconciliation/reconciliation-figures.tsx";
import { ReconciliationTable } from "#portal/ui/reconciliation/reconciliation-table.tsx";
import { ResendButton } from "#portal/ui/reconciliation/resend-button.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

type Overview = RouterOutputs["reconciliation"]["overview"];
type Compared = { days: NonNullable<Overview["days"]>; state: NonNullable<Overview["state"]> };

const TITLE = "Reconciliation";
const NOTE = "Our ledger against Helicone, call by call. Budgets follow our ledger.";
const EVERY_MS = 30_000;
/** While a comparison runs. */
const RUNNING_EVERY_MS = 2_000;

/** What the two sides say of the same calls. For admins. `dashboardUrl` null: Helicone is turned off. */
export function ReconciliationPage({ dashboardUrl }: { dashboardUrl: string | null }) {
  if (dashboardUrl === null) {
    return (
      <>
        <PageHeading title={TITLE} note={NOTE} />
        <HeliconeOff>There is nothing to compare our ledger with.</HeliconeOff>
      </>
    );
  }
  return <Reconciliation dashboardUrl={dashboardUrl} />;
}

/** The page's places while it is loading. */
export function ReconciliationLoading() {
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} />
      <Places />
    </>
  );
}

function Reconciliation({ dashboardUrl }: { dashboardUrl: string }) {
  const trpc = useTRPC();
  const address = useSearchParams();
  const pathname = usePathname();
  const days = daysOf(address);
  const query = useQuery(
    trpc.reconciliation.overview.queryOptions(
      { days },
      { refetchInterval: ({ state }) => (state.data?.state?.isRunning ? RUNNING_EVERY_MS : EVERY_MS) },
    ),
  );
  const choose = (next: CostDays) =>
    window.history.pushState(null, "", pathname + withPart(address.toString(), { days: next }));
  const state = query.data?.state ?? null;
  return (
    <>
      <PageHeading
        title={TITLE}
        note={NOTE}
        actions={
          <>
            <SwitchGroup
              label="Span"
              options={COST_DAYS.map((count) => ({ value: String(count), label: `${count} days` }))}
              value={String(days)}
              onChange={(value) => choose(value === "30" ? 30 : 7)}
            />
            <CompareButton isRunning={state?.isRunning ?? false} />
          </>
        }
      />
      {query.data?.days && state !== null ? (
        <Results compared={{ days: query.data.days, state }} days={days} dashboardUrl={dashboardUrl} />
      ) : (
        <NotLoaded query={query} what="The comparison could not be loaded.">
          <Places />
        </NotLoaded>
      )}
    </>
  );
}

function CompareButton({ isRunning }: { isRunning: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const check = useMutation(
    trpc.reconciliation.check.mutationOptions({
      onMutate: () => void queryClient.invalidateQueries(trpc.reconciliation.overview.pathFilter()),
      onSettled: () => queryClient.invalidateQueries(trpc.reconciliation.pathFilter()),
    }),
  );
  return (
    <>
      {check.error === null ? null : (
        <p role="alert" className="text-xs text-stop">
          {failureText(check.error)}
        </p>
      )}
      <Button isBusy={check.isPending || isRunning} onClick={() => check.mutate()}>
        {check.isPending || isRunning ? null : <RefreshCw aria-hidden />}
        {check.isPending || isRunning ? "Comparing…" : "Compare now"}
      </Button>
    </>
  );
}

type ResultsProps = { compared: Compared; days: CostDays; dashboardUrl: string };

function Results({ compared, days, dashboardUrl }: ResultsProps) {
  const now = useNow();
  const view = prepareReconciliation(compared.days, days, now);
  return (
    <div className="grid gap-4">
      <Problem state={compared.state} comparedAt={view.comparedAt} />
      <UnknownDays days={view.unknownDays} isNothingKnown={view.totals === null} />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <LastRun comparedAt={view.comparedAt} />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <ResendButton
            missing={view.totals?.missingThere ?? 0}
            scopes={view.missingDays.map((day) => ({ day: dayInput(day), agentName: null }))}
            whose="all agents"
            look="primary"
          />
        </div>
      </div>
      <ReconciliationFigures totals={view.totals} />
      {view.totals === null ? null : (
        <>
          <ReconciliationTable rows={view.rows} dashboardUrl={dashboardUrl} />
          <PriceReasonsPanel reasons={view.reasons} />
        </>
      )}
    </div>
  );
}

function LastRun({ comparedAt }: { comparedAt: Date | null }) {
  return (
    <p className="text-sm text-ink-muted">
      {comparedAt === null ? (
        "Never compared in this span."
      ) : (
        <>
          Last compared <RelativeTime at={comparedAt} />. Calls of the last five minutes are left out: Helicone may not
          have them yet.
        </>
      )}
    </p>
  );
}

/** The last try did not come to an end: what is shown is what was known before. */
function Problem({ state: { problem }, comparedAt }: Pick<Compared, "state"> & { comparedAt: Date | null }) {
  if (problem === null) return null;
  return (
    <Notice tone="unsure" title="The last comparison did not work">
      {problem.reason} Tried <RelativeTime at={problem.at} />
      {comparedAt === null ? "" : "; what is shown is the one before"}. It is tried again by itself.
    </Notice>
  );
}

function UnknownDays({ days, isNothingKnown }: { days: readonly Date[]; isNothingKnown: boolean }) {
  if (days.length === 0) return null;
  if (isNothingKnown) {
    return (
      <Notice tone="plain" title="Nothing has been compared yet">
        It happens by itself, some minutes after the start and then over and over. “Compare now” does it at once.
      </Notice>
    );
  }
  const names = days.map(utcDay);
  const shown = names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", ");
  return <p className="text-xs text-ink-muted">Not compared, so unknown and in no figure: {shown}.</p>;
}

function Places() {
  return (
    <div className="grid gap-4">
      <ReconciliationFiguresLoading />
      <Panel title="By agent and day" isFlush>
        <SkeletonRows rows={6} label="Loading the comparison" className="h-12" />
      </Panel>
    </div>
  );
}
