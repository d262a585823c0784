"use client";

import {
  createColumnHelper,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  useReactTable,
} from "@tanstack/react-table";
import Link from "next/link";
import { useState } from "react";
import { formatUsd } from "#domain/money.ts";
import type { AgentRow } from "#portal/client/answers.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { budgetPressure, compareValues } from "#portal/ui/agents/prepare-agents.ts";
import { BudgetSummary } from "#portal/ui/budget/budget-meter.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { CurrentCount, CurrentUsd } from "#portal/ui/gateway/current-figure.tsx";
import { Cell, DataTable, Row } from "#portal/ui/primitives/data-table.tsx";
import { SortableHead } from "#portal/ui/primitives/sortable-head.tsx";
import { isUnguarded } from "#portal/ui/routing/routing-words.ts";

const column = createColumnHelper<AgentRow>();

const COLUMNS = [
  column.accessor("name", { header: "Agent", cell: ({ row }) => <AgentName agent={row.original} /> }),
  column.accessor((agent) => agent.owner?.name ?? null, {
    id: "owner",
    header: "Owner",
    cell: ({ row }) => row.original.owner?.name ?? <span className="text-ink-faint">no owner</span>,
  }),
  column.accessor("today", { header: "Today", cell: ({ row }) => <Spent agent={row.original} period="today" /> }),
  column.accessor("month", { header: "This month", cell: ({ row }) => <Spent agent={row.original} period="month" /> }),
  column.accessor((agent) => budgetPressure(agent), {
    id: "budget",
    header: "Budget",
    cell: ({ row }) => <BudgetSummary budget={row.original.budget} stoppedBy={row.original.stoppedBy} />,
  }),
  column.accessor("requestsToday", {
    header: "Calls today",
    cell: ({ getValue }) => <CurrentCount count={getValue()} />,
  }),
  column.accessor((agent) => agent.lastSeenAt?.getTime() ?? null, {
    id: "lastSeen",
    header: "Last seen",
    cell: ({ row }) => <LastSeen at={row.original.lastSeenAt} />,
  }),
];

/** Narrow screens keep what matters most: who, how much today, how close to the limit. */
const PLACES: Record<string, { isNumeric: boolean; className?: string }> = {
  name: { isNumeric: false },
  owner: { isNumeric: false, className: "max-lg:hidden" },
  today: { isNumeric: true },
  month: { isNumeric: true, className: "max-md:hidden" },
  budget: { isNumeric: false, className: "w-1/4 min-w-32" },
  requestsToday: { isNumeric: true, className: "max-md:hidden" },
  lastSeen: { isNumeric: true, className: "max-sm:hidden" },
};

const DEAREST_FIRST: SortingState = [{ id: "today", desc: true }];

/** The agents, sortable by every column. Owners see only their own, so they need no owner column. */
export function AgentsTable({ agents }: { agents: AgentRow[] }) {
  const { role } = useViewer();
  const [sorting, setSorting] = useState(DEAREST_FIRST);
  const table = useReactTable({
    data: agents,
    columns: COLUMNS,
    defaultColumn: { sortingFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id)) },
    state: { sorting, columnVisibility: { owner: role === "admin" } },
    onSortingChange: setSorting,
    enableSortingRemoval: false,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getRowId: (agent) => agent.name,
  });

  return (
    <DataTable caption="Agents, with cost, budget and calls">
      <thead>
        <tr>
          {table.getFlatHeaders().map(({ column: { id }, column: sortable }) => (
            <SortableHead key={id} column={sortable} place={PLACES[id]} />
          ))}
        </tr>
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <Row key={row.id} className="hover:bg-hover/60">
            {row.getVisibleCells().map((cell) => (
              <Cell
                key={cell.id}
                {...PLACES[cell.column.id]}
                className={classNames("py-2", PLACES[cell.column.id]?.className)}
              >
                {flexRender(cell.column.columnDef.cell, cell.getContext())}
              </Cell>
            ))}
          </Row>
        ))}
      </tbody>
    </DataTable>
  );
}

/** Of an agent that goes past the gateway nobody but Claude Code itself has counted. */
function Spent({ agent, period }: { agent: AgentRow; period: "today" | "month" }) {
  if (agent.routing !== "direct" || agent.month === 0n) return <CurrentUsd amount={agent[period]} />;
  return (
    <>
      {formatUsd(agent[period])}
      <span className="block text-xs text-ink-muted">reported</span>
    </>
  );
}

function AgentName({ agent }: { agent: AgentRow }) {
  return (
    <div className="grid">
      <Link
        href={`/agents/${agent.name}`}
        className="w-fit rounded-sm font-medium break-all hover:text-accent hover:underline"
      >
        {agent.name}
      </Link>
      <span className="text-xs text-ink-muted">
        {!agent.isPaused ? null : <strong className="font-semibold text-stop">paused · </strong>}
        {agent.type ?? "no type"}
        {isUnguarded(agent.routing) ? <span className="text-near"> · unguarded</span> : null}
        <span className="sm:hidden">
          {" · "}
          <LastSeen at={agent.lastSeenAt} />
        </span>
      </span>
    </div>
  );
}

function LastSeen({ at }: { at: Date | null }) {
  return at === null ? (
    <span className="text-ink-faint">no call yet</span>
  ) : (
    <RelativeTime at={at} className="text-ink-muted" />
  );
}
