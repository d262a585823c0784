import {
  prepareModelRows,
  prepareTokenRows,
  type ShareRow,
  type TokenSums,
} from "#portal/ui/agent/prepare-cost-shares.ts";
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
  const all = webSearches === null ? "All" : `All, and ${webSearches} web searches`;
  return <ShareTable caption="Tokens by type" figure="Tokens" rows={rows} all={all} total={total} />;
}

type ShareTableProps = {
  caption: string;
  /** What the figures are, over their column. */
  figure: string;
  rows: readonly ShareRow[];
  /** What the last line sums up, and its figure. */
  all: string;
  total: string;
};

/** Types of tokens with a figure and its share of the total; a row without a percentage has no share to show. */
export function ShareTable({ caption, figure, rows, all, total }: ShareTableProps) {
  return (
    <DataTable caption={caption}>
      <thead>
        <tr>
          <HeadCell>Type</HeadCell>
          <HeadCell isNumeric>{figure}</HeadCell>
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
              {row.percent === "" ? null : <ShareFigure share={row.share} percent={row.percent} />}
            </Cell>
          </Row>
        ))}
      </tbody>
      <tfoot>
        <tr className="border-t">
          <RowHead className="text-ink-muted">{all}</RowHead>
          <Cell isNumeric className="font-medium">
            {total}
          </Cell>
          <Cell />
        </tr>
      </tfoot>
    </DataTable>
  );
}
