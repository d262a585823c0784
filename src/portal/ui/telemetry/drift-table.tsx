import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { prepareDrift, type TelemetryReport } from "#portal/ui/telemetry/prepare-telemetry.ts";

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
          <HeadCell isNumeric>Difference</HeadCell>
          <HeadCell className="max-md:hidden">Where it comes from</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.key}>
            <RowHead className="whitespace-nowrap">{row.day}</RowHead>
            <Cell isNumeric>{row.ledger}</Cell>
            <Cell isNumeric>{row.reported ?? <Unknown reason="Claude Code reported nothing on this day." />}</Cell>
            <Cell isNumeric className="max-sm:hidden">
              {row.helicone ?? <Unknown reason="Helicone was not compared on this day." />}
            </Cell>
            <Cell isNumeric>{row.difference ?? <Unknown reason="There is nothing to compare with." />}</Cell>
            <Cell className="text-xs text-ink-muted max-md:hidden">{row.reasons.join("; ")}</Cell>
          </Row>
        ))}
      </tbody>
    </DataTable>
  );
}
