import type { ComponentProps, ReactNode } from "react";

import { classNames } from "#portal/ui/class-names.ts";
import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";

type DataTableProps = { caption: string; children: ReactNode; className?: string };

/** A table with a caption for those who cannot see its heading. Wide ones scroll in a box of their own. */
export function DataTable({ caption, children, className }: DataTableProps) {
  return (
    <ScrollBox label={caption}>
      <table className={classNames("w-full border-collapse text-sm", className)}>
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </ScrollBox>
  );
}

type CellProps = { isNumeric?: boolean };

/** The heading of a column. */
export function HeadCell({ isNumeric = false, className, ...rest }: ComponentProps<"th"> & CellProps) {
  return (
    <th
      scope="col"
      {...rest}
      className={classNames(
        "h-8 border-b px-3 text-xs font-medium whitespace-nowrap text-ink-muted first:pl-4 last:pr-4",
        isNumeric ? "text-right" : "text-left",
        className,
      )}
    />
  );
}

/** One value. */
export function Cell({ isNumeric = false, className, ...rest }: ComponentProps<"td"> & CellProps) {
  return (
    <td
      {...rest}
      className={classNames("px-3 py-1.5 first:pl-4 last:pr-4", isNumeric && "text-right whitespace-nowrap", className)}
    />
  );
}

/** The value that names its row. */
export function RowHead({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="row"
      {...rest}
      className={classNames("px-3 py-1.5 text-left font-normal first:pl-4 last:pr-4", className)}
    />
  );
}

/** A row, parted from the next by a hairline. */
export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={classNames("border-b last:border-b-0", className)} />;
}
