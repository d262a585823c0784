import { prepareModelRows, prepareTokenRows, type TokenSums } from "#portal/ui/agent/prepare-cost-shares.ts";
import { ShareFigure } from "#portal/ui/charts/share-bar.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";

type ModelTableProps = { models: Parameters<typeof prepareModelRows>[0] };

/** Cost by model, dearest first, with each one's share. */
export function ModelTable({ models }: ModelTableProps) {
  const rows = prepareModelRows(models);
  if (rows.length === 0) return <p className="px-4 py-6 text-sm text-ink-muted">No calls in this span.</p>;
  return (
    <DataTable caption="Cost by model">
      <thead>
        <tr>
          <HeadCell>Model</HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Calls
          </HeadCell>
          <HeadCell isNumeric>Cost</HeadCell>
          <HeadCell isNumeric>Share</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.name}>
            <RowHead className="font-mono text-xs wrap-anywhere">{row.name}</RowHead>
            <Cell isNumeric className="max-sm:hidden">
              {row.requests}
            </Cell>
            <Cell isNumeric className="font-medium">
              {row.value}
            </Cell>
            <Cell className="w-36 max-sm:w-24">
              <ShareFigure share={row.share} percent={row.percent} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </DataTable>
  );
}

/** Tokens by type with their share, and paid web searches when there were any. */
export function TokenTable({ parts }: { parts: readonly { tokens: TokenSums }[] }) {
  const { rows, total, webSearches } = prepareTokenRows(parts);
  return (
    <DataTable caption="Tokens by type">
      <thead>
        <tr>
          <HeadCell>Type</HeadCell>
          <HeadCell isNumeric>Tokens</HeadCell>
          <HeadCell isNumeric>Share</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.name}>
            <RowHead>{row.name}</RowHead>
            <Cell isNumeric className="font-medium">
              {row.value}
            </Cell>
            <Cell className="w-36 max-sm:w-24">
              <ShareFigure share={row.share} percent={row.percent} />
            </Cell>
          </Row>
        ))}
      </tbody>
      <tfoot>
        <tr className="border-t">
          <RowHead className="text-ink-muted">
            All{webSearches === null ? "" : `, and ${webSearches} web searches`}
          </RowHead>
          <Cell isNumeric className="font-medium">
            {total}
          </Cell>
          <Cell />
        </tr>
      </tfoot>
    </DataTable>
  );
}
