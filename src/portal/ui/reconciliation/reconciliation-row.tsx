"use client";

import { ChevronDown, CircleCheck } from "lucide-react";
import Link from "next/link";
import { useId, useState } from "react";

import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { utcDay } from "#portal/ui/format/instants.ts";
import { Cell, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { AgentDayDetails } from "#portal/ui/reconciliation/agent-day-details.tsx";
import { type AgentDayRow, agrees, differenceTexts } from "#portal/ui/reconciliation/prepare-reconciliation.ts";

type ReconciliationRowProps = { row: AgentDayRow; dashboardUrl: string };

/** One agent on one day, and below it, on demand, the calls behind the differences. */
export function ReconciliationRow({ row, dashboardUrl }: ReconciliationRowProps) {
  const [isOpen, setOpen] = useState(false);
  const detailId = useId();
  const day = utcDay(row.dayStart);
  return (
    <>
      <tr className={classNames("border-t first:border-t-0", isOpen && "bg-hover/60")}>
        <Cell className="whitespace-nowrap text-ink-muted max-sm:hidden">{day}</Cell>
        <RowHead className="max-sm:pl-4">
          <span className="block text-xs text-ink-muted sm:hidden">{day}</span>
          <AgentName name={row.agentName} />
        </RowHead>
        <Side cost={row.ledgerCostNanoUsd} note={countOf(row.ledgerRequests, "call")} />
        <Side cost={row.heliconeCostNanoUsd} note={countOf(row.heliconeRequests, "row")} />
        <Cell className="max-md:hidden">
          <Differences row={row} />
        </Cell>
        <Cell isNumeric className="w-10 py-0.5">
          {agrees(row) ? null : (
            <button
              type="button"
              aria-expanded={isOpen}
              aria-controls={detailId}
              aria-label={`Differences of ${row.agentName || "no agent"} on ${day}`}
              onClick={() => setOpen(!isOpen)}
              className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:size-10"
            >
              <ChevronDown aria-hidden className={classNames("size-4 transition-transform", isOpen && "rotate-180")} />
            </button>
          )}
        </Cell>
      </tr>
      <tr className={classNames("md:hidden", isOpen && "bg-hover/60")}>
        <td colSpan={6} className="px-4 pb-2">
          <Differences row={row} />
        </td>
      </tr>
      {isOpen ? (
        <tr id={detailId} className="bg-hover/60">
          <td colSpan={6} className="px-4 pt-1 pb-4">
            <AgentDayDetails row={row} dashboardUrl={dashboardUrl} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function AgentName({ name }: { name: string }) {
  if (name === "") return <span className="text-ink-muted">No agent named</span>;
  return (
    <Link href={`/agents/${encodeURIComponent(name)}`} className="link break-all">
      {name}
    </Link>
  );
}

function Side({ cost, note }: { cost: NanoUsd; note: string }) {
  return (
    <Cell isNumeric>
      {formatUsd(cost)}
      <span className="block text-xs text-ink-muted">{note}</span>
    </Cell>
  );
}

function Differences({ row }: { row: AgentDayRow }) {
  const texts = differenceTexts(row);
  if (texts.length === 0) {
    return (
      <span className="inline-flex items-center gap-1.5 text-xs text-ink-muted">
        <CircleCheck aria-hidden className="size-3.5 text-accent" />
        agree
      </span>
    );
  }
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs md:grid">
      {texts.map(({ text, isPriceOnly }) => (
        <span key={text} className={isPriceOnly ? "text-ink-muted" : "font-medium text-near"}>
          {text}
        </span>
      ))}
    </span>
  );
}
