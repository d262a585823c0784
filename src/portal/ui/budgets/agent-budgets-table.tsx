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

import type { BudgetOverview } from "#portal/client/answers.ts";
import { compareValues } from "#portal/ui/agents/prepare-agents.ts";
import { BudgetShare } from "#portal/ui/budget/budget-meter.tsx";
import { shortForecast } from "#portal/ui/budget/prepare-forecast.ts";
import { stateRank, stateText } from "#portal/ui/budgets/prepare-budget-rows.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Cell, DataTable, HeadCell, Row } from "#portal/ui/primitives/data-table.tsx";
import { SortableHead } from "#portal/ui/primitives/sortable-head.tsx";

/** An agent's limits, with the name of its pool. */
export type BudgetTableRow = BudgetOverview["agents"][number] & { pool: string | null };

const column = createColumnHelper<BudgetTableRow>();

const COLUMNS = [
  column.accessor("name", { header: "Agent", cell: ({ row }) => <AgentCell row={row.original} /> }),
  column.accessor("pool", {
    header: "Pool",
    cell: ({ getValue }) => getValue() ?? <span className="text-ink-faint">none</span>,
  }),
  column.accessor(({ budget }) => budget.day.usedPercent, {
    id: "day",
    header: "Today",
    cell: ({ row }) => <BudgetShare budget={row.original.budget} period="day" />,
  }),
  column.accessor(({ budget }) => budget.month.usedPercent, {
    id: "month",
    header: "This month",
    cell: ({ row }) => <BudgetShare budget={row.original.budget} period="month" />,
  }),
  column.accessor(({ forecast }) => forecast.month?.endsAt ?? null, {
    id: "forecast",
    header: "Month ends at",
    cell: ({ row }) =>
      shortForecast(row.original.forecast.month) ?? <Unknown reason="There is less than an hour of calls to go by." />,
  }),
  column.accessor(({ budget }) => budget.actionOnExceed, {
    id: "action",
    header: "At the limit",
    cell: ({ getValue }) => ({ block: "blocks", warn: "warns", none: "only shown" })[getValue()],
  }),
  column.accessor(stateRank, { id: "state", header: "State", cell: ({ row }) => <StateCell row={row.original} /> }),
];

/** Narrow screens keep who, how much of today, and the state. */
const PLACES: Record<string, { isNumeric: boolean; className?: string }> = {
  name: { isNumeric: false },
  pool: { isNumeric: false, className: "max-lg:hidden" },
  day: { isNumeric: false, className: "w-1/6 min-w-28" },
  month: { isNumeric: false, className: "w-1/6 min-w-28 max-md:hidden" },
  forecast: { isNumeric: true, className: "max-md:hidden" },
  action: { isNumeric: false, className: "max-lg:hidden" },
  state: { isNumeric: false, className: "max-sm:hidden" },
};

const PRESSING_FIRST: SortingState = [{ id: "state", desc: true }];

type TableProps = {
  rows: BudgetTableRow[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
};

/** The agents' limits, sortable by every column, with a box to choose each. */
export function AgentBudgetsTable({ rows, chosen, onChoose }: TableProps) {
  const [sorting, setSorting] = useState(PRESSING_FIRST);
  const table = useReactTable({
    data: rows,
    columns: COLUMNS,
    defaultColumn: { sortingFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id)) },
    state: { sorting },
    onSortingChange: setSorting,
    enableSortingRemoval: false,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getRowId: (row) => row.name,
  });
  const choose = (names: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const name of names) {
      if (isChosen) next.add(name);
      else next.delete(name);
    }
    onChoose(next);
  };
  const count = rows.filter(({ name }) => chosen.has(name)).length;
  return (
    <DataTable caption="Agents, with their limits">
      <thead>
        <tr>
          <HeadCell className="w-8">
            <input
              type="checkbox"
              aria-label="Choose all agents shown"
              checked={count === rows.length}
              ref={(box) => {
                if (box !== null) box.indeterminate = count > 0 && count < rows.length;
              }}
              onChange={(event) =>
                choose(
                  rows.map(({ name }) => name),
                  event.target.checked,
                )
              }
              className="align-middle accent-accent"
            />
          </HeadCell>
          {table.getFlatHeaders().map(({ column: { id }, column: sortable }) => (
            <SortableHead key={id} column={sortable} place={PLACES[id]} />
          ))}
        </tr>
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <Row key={row.id} className={classNames("hover:bg-hover/60", chosen.has(row.id) && "bg-accent-soft/60")}>
            <Cell className="w-8">
              <input
                type="checkbox"
                aria-label={`Choose ${row.id}`}
                checked={chosen.has(row.id)}
                onChange={(event) => choose([row.id], event.target.checked)}
                className="align-middle accent-accent"
              />
            </Cell>
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

function AgentCell({ row }: { row: BudgetTableRow }) {
  return (
    <div className="grid">
      <Link
        href={`/agents/${row.name}?tab=budget`}
        className="w-fit rounded-sm font-medium break-all hover:text-accent hover:underline"
      >
        {row.name}
      </Link>
      <span className="text-xs text-ink-muted">
        {row.budget.followsDefault ? "the default limits" : "its own limits"}
        <span className="sm:hidden"> · {stateText(row)}</span>
      </span>
    </div>
  );
}

function StateCell({ row }: { row: BudgetTableRow }) {
  const isStopped = row.pause !== null || row.stoppedBy !== null || row.budget.state === "blocked";
  const isNear = row.budget.state === "near" || row.budget.state === "reached";
  return (
    <span
      className={classNames(
        "whitespace-nowrap text-ink-muted",
        isNear && "font-medium text-near",
        isStopped && "font-medium text-stop",
      )}
    >
      {stateText(row)}
    </span>
  );
}
