import type { Column } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";

import { classNames } from "#portal/ui/class-names.ts";
import { HeadCell } from "#portal/ui/primitives/data-table.tsx";

const ARIA_SORT = { asc: "ascending", desc: "descending" } as const;

type SortableHeadProps<Row> = { column: Column<Row>; place?: { isNumeric: boolean; className?: string } | undefined };

/** The heading of a column by which the table can be sorted. */
export function SortableHead<Row>({ column, place }: SortableHeadProps<Row>) {
  const sorted = column.getIsSorted();
  const Icon = sorted === false ? ChevronsUpDown : { asc: ArrowUp, desc: ArrowDown }[sorted];
  return (
    <HeadCell {...place} aria-sort={sorted === false ? "none" : ARIA_SORT[sorted]}>
      <button
        type="button"
        onClick={column.getToggleSortingHandler()}
        className={classNames(
          "inline-flex h-7 items-center gap-1 rounded-sm hover:text-ink",
          place?.isNumeric && "flex-row-reverse",
          sorted !== false && "text-ink",
        )}
      >
        {String(column.columnDef.header)}
        <Icon aria-hidden className={classNames("size-3", sorted === false && "opacity-50")} />
      </button>
    </HeadCell>
  );
}
