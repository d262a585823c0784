"use client";

import { CircleCheck, Inbox } from "lucide-react";
import { useState } from "react";

import { countOf } from "#portal/ui/format/counts.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { DataTable, HeadCell } from "#portal/ui/primitives/data-table.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";
import { type AgentDayRow, agrees, unmatched } from "#portal/ui/reconciliation/prepare-reconciliation.ts";
import { ReconciliationRow } from "#portal/ui/reconciliation/reconciliation-row.tsx";

const PAGE_SIZE = 50;

const FILTERS = {
  unmatched: { label: "Missing or twice", keeps: (row: AgentDayRow) => unmatched(row) > 0 },
  different: { label: "All differences", keeps: (row: AgentDayRow) => !agrees(row) },
  all: { label: "Everything", keeps: () => true },
} as const;
type Filter = keyof typeof FILTERS;
const OPTIONS = (["unmatched", "different", "all"] as const).map((value) => ({ value, label: FILTERS[value].label }));

/** Both sides by agent and day. */
export function ReconciliationTable({ rows, dashboardUrl }: { rows: readonly AgentDayRow[]; dashboardUrl: string }) {
  const [filter, setFilter] = useState<Filter>("different");
  const [shown, setShown] = useState(PAGE_SIZE);
  const kept = rows.filter(FILTERS[filter].keeps);
  return (
    <Panel
      title="By agent and day"
      note="UTC days. A call counts on the day and under the name that our ledger has for it."
      isFlush
      actions={
        rows.length === 0 ? null : (
          <SwitchGroup label="Which rows" options={OPTIONS} value={filter} onChange={setFilter} />
        )
      }
    >
      {kept.length === 0 ? (
        <NoRows hasRows={rows.length > 0} filter={filter} />
      ) : (
        <Table rows={kept.slice(0, shown)} dashboardUrl={dashboardUrl} />
      )}
      {kept.length > shown ? (
        <div className="flex flex-wrap items-center justify-between gap-2 border-t px-4 pt-2.5 pb-1.5 text-xs text-ink-muted">
          <p aria-live="polite">
            {shown} of {countOf(kept.length, "row")} shown
          </p>
          <Button onClick={() => setShown(shown + PAGE_SIZE)}>Show more</Button>
        </div>
      ) : null}
    </Panel>
  );
}

function Table({ rows, dashboardUrl }: { rows: readonly AgentDayRow[]; dashboardUrl: string }) {
  return (
    <DataTable caption="Ledger and Helicone by agent and day">
      <thead>
        <tr>
          <HeadCell className="max-sm:hidden">Day</HeadCell>
          <HeadCell className="max-sm:pl-4">Agent</HeadCell>
          <HeadCell isNumeric>Our ledger</HeadCell>
          <HeadCell isNumeric>Helicone</HeadCell>
          <HeadCell className="max-md:hidden">Differences</HeadCell>
          <HeadCell>
            <span className="sr-only">Details</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ReconciliationRow key={row.key} row={row} dashboardUrl={dashboardUrl} />
        ))}
      </tbody>
    </DataTable>
  );
}

function NoRows({ hasRows, filter }: { hasRows: boolean; filter: Filter }) {
  if (!hasRows) {
    return (
      <EmptyState icon={Inbox} title="No calls to compare">
        Neither our ledger nor Helicone has a call on the days that were compared.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={CircleCheck} title={filter === "unmatched" ? "No call is missing" : "The two agree"}>
      {filter === "unmatched"
        ? "On the days that were compared every call is on both sides, once."
        : "On the days that were compared every call is on both sides, once, at the same price."}
    </EmptyState>
  );
}
