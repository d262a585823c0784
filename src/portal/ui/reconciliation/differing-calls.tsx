"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";

import { formatUsd, type NanoUsd } from "#domain/money.ts";
import type { CallDifference } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { requestAddress } from "#portal/ui/observability/dashboard-address.ts";
import { NotLoaded } from "#portal/ui/observability/not-loaded.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { type AgentDayRow, callAddress, dayInput } from "#portal/ui/reconciliation/prepare-reconciliation.ts";

type DifferingCallsProps = { row: AgentDayRow; dashboardUrl: string };

const PAGE_SIZE = 20;
/** Calls that were sent again are on their way for a while. */
const EVERY_MS = 10_000;

/** The calls of an agent on a day that one side lacks or has twice, by their ids, page by page. */
export function DifferingCalls({ row, dashboardUrl }: DifferingCallsProps) {
  const trpc = useTRPC();
  const [skip, setSkip] = useState(0);
  const input = { day: dayInput(row.dayStart), agentName: row.agentName, skip, limit: PAGE_SIZE };
  const query = useQuery(
    trpc.reconciliation.differences.queryOptions(input, {
      placeholderData: keepPreviousData,
      refetchInterval: EVERY_MS,
    }),
  );
  if (query.data === undefined) {
    return (
      <NotLoaded query={query} what="The calls could not be loaded.">
        <SkeletonRows rows={3} label="Loading the calls" />
      </NotLoaded>
    );
  }
  const { differences: calls, total } = query.data;
  return (
    <>
      <DataTable caption="Calls that the two do not agree on" className="rounded-md border bg-surface">
        <thead>
          <tr>
            <HeadCell>Request</HeadCell>
            <HeadCell className="max-md:hidden">Model</HeadCell>
            <HeadCell>What differs</HeadCell>
            <HeadCell isNumeric className="max-sm:hidden">
              Our ledger
            </HeadCell>
            <HeadCell isNumeric className="max-sm:hidden">
              Helicone
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow key={`${call.kind} ${call.requestId}`} call={call} dashboardUrl={dashboardUrl} />
          ))}
        </tbody>
      </DataTable>
      <Pager skip={skip} shown={calls.length} total={total} onChange={setSkip} />
    </>
  );
}

type PagerProps = { skip: number; shown: number; total: number; onChange: (skip: number) => void };

function Pager({ skip, shown, total, onChange }: PagerProps) {
  if (total <= PAGE_SIZE) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 text-xs text-ink-muted">
      <p aria-live="polite">
        {skip + 1} to {skip + shown} of {countOf(total, "call")}, the newest first
      </p>
      <Button disabled={skip === 0} onClick={() => onChange(Math.max(0, skip - PAGE_SIZE))}>
        Newer
      </Button>
      <Button disabled={skip + shown >= total} onClick={() => onChange(skip + PAGE_SIZE)}>
        Older
      </Button>
    </div>
  );
}

function CallRow({ call, dashboardUrl }: { call: CallDifference; dashboardUrl: string }) {
  const isThere = call.rowsThere > 0;
  const isHere = call.kind !== "missing_here";
  return (
    <Row>
      <RowHead className="align-top">
        <span className="flex flex-wrap items-center gap-1.5">
          <code className="font-mono text-xs break-all">{call.requestId}</code>
          <CopyButton text={call.requestId} label={`Copy the request id ${call.requestId}`} />
        </span>
        <span className="block text-xs text-ink-muted">
          <ClockTime at={call.at} />
          <span className="md:hidden"> · {call.model}</span>
          {isHere ? (
            <>
              {" · "}
              <Link href={callAddress(call.requestId)} className="link">
                Open in our ledger
              </Link>
            </>
          ) : null}
          {isThere ? (
            <>
              {" · "}
              <a href={requestAddress(dashboardUrl, call.requestId)} target="_blank" rel="noreferrer" className="link">
                Open in Helicone
              </a>
            </>
          ) : null}
        </span>
      </RowHead>
      <Cell className="align-top font-mono text-xs max-md:hidden">{call.model}</Cell>
      <Cell className="align-top">
        {KINDS[call.kind](call)}
        {call.kind === "missing_there" ? <DeliveryNote delivery={call.delivery} /> : null}
      </Cell>
      <Cost cost={call.ledgerCostNanoUsd} />
      <Cost cost={call.heliconeCostNanoUsd} />
    </Row>
  );
}

const KINDS: Record<CallDifference["kind"], (call: CallDifference) => string> = {
  missing_there: () => "Missing in Helicone",
  missing_here: () => "Missing in our ledger",
  repeated_there: ({ rowsThere }) => `${rowsThere} rows in Helicone`,
};

/** Whether somebody is still to tell Helicone of it. */
function DeliveryNote({ delivery }: Pick<CallDifference, "delivery">) {
  const text = {
    waiting: "On its way.",
    rejected: "Helicone does not take it.",
    none: "Not on its way.",
  }[delivery.state];
  return (
    <span className="block text-xs text-ink-muted">
      {text}
      {delivery.error === null ? null : <span className="wrap-anywhere"> {delivery.error}</span>}
    </span>
  );
}

/** A side that has not got the call has no price for it, not a price of zero. */
function Cost({ cost }: { cost: NanoUsd | null }) {
  return (
    <Cell isNumeric className="align-top max-sm:hidden">
      {cost === null ? <span className="text-ink-muted">not there</span> : formatUsd(cost)}
    </Cell>
  );
}
