import { Fragment } from "react";

import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { type DriftRow, prepareDrift, type TelemetryReport } from "#portal/ui/telemetry/prepare-telemetry.ts";

/** Gateway, Claude Code and Helicone by day, how far they are apart, and why. */
export function DriftTable({ report }: { report: TelemetryReport }) {
  const rows = prepareDrift(report.days);
  return (
    <DataTable caption="Cost by day, as three sources count it">
      <thead>
        <tr>
          <HeadCell>Day</HeadCell>
          <HeadCell isNumeric>Gateway</HeadCell>
          <HeadCell isNumeric>Claude Code</HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Helicone
          </HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Difference
          </HeadCell>
          <HeadCell className="max-md:hidden">Where it comes from</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <Fragment key={row.key}>
            <Row className={lineBelow(row, index === rows.length - 1)}>
              <RowHead className="whitespace-nowrap">{row.day}</RowHead>
              <Cell isNumeric>{row.ledger}</Cell>
              <Cell isNumeric>{row.reported ?? <Unknown reason="Claude Code reported nothing on this day." />}</Cell>
              <Cell isNumeric className="max-sm:hidden">
                {row.helicone ?? <Unknown reason="Helicone was not compared on this day." />}
              </Cell>
              <Cell isNumeric className="max-sm:hidden">
                {row.difference ?? <Unknown reason="There is nothing to compare with." />}
              </Cell>
              <Cell className="text-xs text-ink-muted max-md:hidden">{row.reasons.join("; ")}</Cell>
            </Row>
            {hasMore(row) ? <MoreOf row={row} /> : null}
          </Fragment>
        ))}
      </tbody>
    </DataTable>
  );
}

/** Where there is no room for columns, what they hold is below the row; nothing is there where sources agree. */
function MoreOf({ row: { difference, reasons } }: { row: DriftRow }) {
  return (
    <Row className="md:hidden">
      <Cell colSpan={3} className="pt-0 text-xs text-ink-muted">
        <span className="sm:hidden">
          Difference {difference}
          {reasons.length > 0 ? ": " : ""}
        </span>
        {reasons.join("; ")}
      </Cell>
    </Row>
  );
}

/** None between a row and what is below it, and none after the last. */
function lineBelow(row: DriftRow, isLast: boolean): string {
  if (!hasMore(row)) return "";
  return isLast ? "md:border-b-0 max-md:border-b-0" : "max-md:border-b-0";
}

function hasMore({ difference, reasons }: DriftRow): boolean {
  return difference !== null && (difference !== "none" || reasons.length > 0);
}
