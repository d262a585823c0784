"use client";

import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";

import type { CallSort } from "#domain/call-query.ts";
import type { FoundCall } from "#portal/client/answers.ts";
import type { Figure } from "#portal/ui/agent/prepare-request-row.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Cell, DataTable, HeadCell, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { CallOutcomeMark } from "#portal/ui/requests/call-outcome-mark.tsx";
import { SORT_WORDS } from "#portal/ui/requests/call-words.ts";
import { type CallRowView, prepareCallRow } from "#portal/ui/requests/prepare-call-row.ts";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

/** The calls as a table; each opens in the drawer. On narrow screens what matters most stays. */
export function CallTable({ calls, view }: { calls: readonly FoundCall[]; view: CallView }) {
  return (
    <DataTable caption={`Calls, ${SORT_WORDS[view.query.sort].toLowerCase()}`}>
      <thead>
        <tr>
          <SortHead sort="newest" view={view}>
            Time
          </SortHead>
          <HeadCell className="max-sm:hidden">Agent</HeadCell>
          <HeadCell className="max-lg:hidden">Model</HeadCell>
          <HeadCell className="max-md:hidden">Outcome</HeadCell>
          <SortHead sort="most-tokens" view={view} className="max-md:hidden">
            Tokens
          </SortHead>
          <SortHead sort="lowest-cache-hit" view={view} className="max-lg:hidden">
            Cache hit
          </SortHead>
          <SortHead sort="dearest" view={view}>
            Cost
          </SortHead>
          <SortHead sort="slowest" view={view}>
            Latency
          </SortHead>
          <HeadCell isNumeric className="max-xl:hidden">
            First byte
          </HeadCell>
          <HeadCell className="max-xl:hidden">Session</HeadCell>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <CallRow key={call.id} row={prepareCallRow(call)} view={view} />
        ))}
      </tbody>
    </DataTable>
  );
}

type SortHeadProps = { sort: CallSort; view: CallView; className?: string; children: ReactNode };

function SortHead({ sort, view: { query, show }, className, children }: SortHeadProps) {
  const isSorted = query.sort === sort;
  const isAscending = sort === "lowest-cache-hit";
  const Icon = isAscending ? ArrowUp : ArrowDown;
  const isNumeric = sort !== "newest";
  return (
    <HeadCell isNumeric={isNumeric} className={className} aria-sort={sortOf(isSorted, isAscending)}>
      <button
        type="button"
        title={SORT_WORDS[sort]}
        onClick={() => show({ sort })}
        className={classNames(
          "inline-flex h-7 items-center gap-1 rounded-sm hover:text-ink",
          isNumeric && "flex-row-reverse",
          isSorted && "text-ink",
        )}
      >
        {children}
        {isSorted ? (
          <Icon aria-hidden className="size-3" />
        ) : (
          <ChevronsUpDown aria-hidden className="size-3 opacity-50" />
        )}
      </button>
    </HeadCell>
  );
}

function sortOf(isSorted: boolean, isAscending: boolean): "none" | "ascending" | "descending" {
  if (!isSorted) return "none";
  return isAscending ? "ascending" : "descending";
}

function CallRow({ row, view }: { row: CallRowView; view: CallView }) {
  const isOpen = view.openId === row.id;
  return (
    <tr className={classNames("border-t first:border-t-0 hover:bg-hover/60", isOpen && "bg-hover/60")}>
      <RowHead>
        <CallLink id={row.id} view={view}>
          <ClockTime at={row.at} />
        </CallLink>
        <span className="block text-xs wrap-anywhere text-ink-muted sm:hidden">
          {row.agentName ?? "agent not kept"}
        </span>
        <span className="block md:hidden">
          <CallOutcomeMark outcome={row.outcome} />
        </span>
      </RowHead>
      <Cell className="max-w-48 truncate max-sm:hidden">{row.agentName ?? <Unknown reason="It was not kept." />}</Cell>
      <Cell className="font-mono text-xs whitespace-nowrap max-lg:hidden">
        {row.model}
        {row.subagentId === null ? null : <span className="ml-1.5 font-sans text-ink-muted">subagent</span>}
      </Cell>
      <Cell className="whitespace-nowrap max-md:hidden">
        <CallOutcomeMark outcome={row.outcome} />
      </Cell>
      <FigureCell figure={row.tokens} className="max-md:hidden" />
      <FigureCell figure={row.cacheHit} className="max-lg:hidden" />
      <FigureCell figure={row.cost} className="font-medium text-ink" />
      <FigureCell figure={row.latency} />
      <FigureCell figure={row.firstByte} className="max-xl:hidden" />
      <Cell className="font-mono text-xs text-ink-muted max-xl:hidden">{row.session?.short ?? "none"}</Cell>
    </tr>
  );
}

function FigureCell({ figure, className }: { figure: Figure; className?: string }) {
  return (
    <Cell isNumeric className={classNames("text-ink-muted", className)}>
      {figure.text ?? <Unknown reason={figure.note ?? ""} />}
    </Cell>
  );
}

type CallLinkProps = { id: string; view: CallView; children: ReactNode };

/** A real link, so that a call opens in another tab too; here it opens without a new page. */
function CallLink({ id, view, children }: CallLinkProps) {
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    view.open(id);
  };
  return (
    <a
      href={view.hrefOf(id)}
      onClick={open}
      aria-haspopup="dialog"
      className="inline-flex min-h-6 items-center whitespace-nowrap link max-md:min-h-8"
    >
      <span className="sr-only">Open the call of </span>
      {children}
    </a>
  );
}
