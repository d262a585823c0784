import { toUsdText } from "#domain/money.ts";
import type { CallDetail } from "#portal/client/answers.ts";
import { prepareRequestRow } from "#portal/ui/agent/prepare-request-row.ts";
import { formatCount } from "#portal/ui/format/counts.ts";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { prepareCost } from "#portal/ui/requests/prepare-cost.ts";

/** The cost, line by line: count times price. The lines add up to what the ledger holds, or the rest is said. */
export function CallCost({ call }: { call: CallDetail }) {
  const { notes, lines, rest } = prepareCost(call);
  const { priceFlag } = prepareRequestRow(call);
  return (
    <div className="grid gap-2">
      {lines.length === 0 ? (
        <p className="text-sm">${toUsdText(call.listCost)}</p>
      ) : (
        <DataTable caption="How the cost comes about" className="rounded-md border">
          <thead>
            <tr>
              <HeadCell>Meter</HeadCell>
              <HeadCell isNumeric>Count</HeadCell>
              <HeadCell isNumeric>List price</HeadCell>
              <HeadCell isNumeric>Cost</HeadCell>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ name, count, price, cost }) => (
              <Row key={`${name} ${price}`}>
                <RowHead>{name}</RowHead>
                <Cell isNumeric>{formatCount(count)}</Cell>
                <Cell isNumeric>{price}</Cell>
                <Cell isNumeric>{cost}</Cell>
              </Row>
            ))}
            {rest === null ? null : (
              <Row>
                <RowHead>Not told by these lines</RowHead>
                <Cell />
                <Cell />
                <Cell isNumeric>{rest}</Cell>
              </Row>
            )}
          </tbody>
          <tfoot>
            <tr className="border-t font-semibold">
              <RowHead className="font-semibold">Total</RowHead>
              <Cell />
              <Cell />
              <Cell isNumeric>${toUsdText(call.listCost)}</Cell>
            </tr>
          </tfoot>
        </DataTable>
      )}
      {[priceFlag?.note ?? null, ...notes].map((note) =>
        note === null ? null : (
          <p key={note} className="text-xs text-ink-muted">
            {note}
          </p>
        ),
      )}
    </div>
  );
}
