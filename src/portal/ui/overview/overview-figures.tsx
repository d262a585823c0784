"use client";

import { ArrowDownRight, ArrowUpRight, Equal } from "lucide-react";
import type { ReactNode } from "react";

import type { FleetOverview } from "#portal/client/answers.ts";
import { formatCount } from "#portal/ui/format/counts.ts";
import { CurrentUsd } from "#portal/ui/gateway/current-figure.tsx";
import { prepareChange, prepareTrouble } from "#portal/ui/overview/prepare-overview.ts";

const MARKS = { up: ArrowUpRight, down: ArrowDownRight, same: Equal, unknown: null };

/** Spend of today, a week and a month, each held against the span before; and how many calls went wrong. */
export function OverviewFigures({ overview }: { overview: FleetOverview }) {
  const { spend, sums, days } = overview;
  const trouble = prepareTrouble(sums);
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line lg:grid-cols-5 xl:col-span-2">
      <dl className="contents">
        <Spend label="Today" against="yesterday by this time" spend={spend.today} />
        <Spend label="7 days" against="in the 7 days before" spend={spend.week} />
        <Spend label="30 days" against="in the 30 days before" spend={spend.month} />
        <Figure label={`Calls in ${days} days`} note={null}>
          {formatCount(sums.requests)}
        </Figure>
      </dl>
      <dl className="col-span-2 grid content-center gap-1 bg-surface px-4 py-3 text-sm lg:col-span-1">
        <Trouble label="Refused by us" value={trouble.refused} />
        <Trouble label="Failed upstream" value={trouble.failed} />
      </dl>
    </div>
  );
}

type SpendProps = { label: string; against: string; spend: FleetOverview["spend"]["today"] };

function Spend({ label, against, spend }: SpendProps) {
  const change = prepareChange(spend, against);
  const Mark = MARKS[change.direction];
  const note = (
    <>
      {Mark === null ? null : <Mark aria-hidden className="mr-1 inline size-3.5 align-[-0.15em]" />}
      {change.text}
    </>
  );
  return (
    <Figure label={label} note={note}>
      <CurrentUsd amount={spend.listCost} />
    </Figure>
  );
}

function Figure({ label, note, children }: { label: string; note: ReactNode; children: ReactNode }) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd className="mt-0.5 text-xl font-semibold tracking-tight">{children}</dd>
      {note === null ? null : <dd className="mt-0.5 text-xs text-ink-muted">{note}</dd>}
    </div>
  );
}

function Trouble({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex flex-wrap justify-between gap-x-3">
      <dt className="text-ink-muted">{label}</dt>
      <dd className="font-medium">{value}</dd>
    </div>
  );
}
