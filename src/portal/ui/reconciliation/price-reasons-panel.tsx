import { formatUsd } from "#domain/money.ts";
import { countOf, formatCount } from "#portal/ui/format/counts.ts";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import type { PriceReason } from "#portal/ui/reconciliation/prepare-reconciliation.ts";

/** Why the two price calls differently, over all agents and days. */
export function PriceReasonsPanel({ reasons }: { reasons: readonly PriceReason[] }) {
  if (reasons.length === 0) return null;
  return (
    <Panel
      title="Why prices differ"
      note="Budgets and bills follow our ledger. Helicone's prices are as old as its version."
      isFlush
    >
      <DataTable caption="Why prices differ">
        <thead>
          <tr>
            <HeadCell>Reason</HeadCell>
            <HeadCell isNumeric className="max-sm:hidden">
              Calls
            </HeadCell>
            <HeadCell isNumeric>Our ledger</HeadCell>
            <HeadCell isNumeric>Helicone</HeadCell>
          </tr>
        </thead>
        <tbody>
          {reasons.map(({ reason, text, models, requests, ledgerCostNanoUsd, heliconeCostNanoUsd }) => (
            <Row key={reason}>
              <RowHead className="min-w-32">
                {text}
                <span className="block text-xs sm:hidden">{countOf(requests, "call")}</span>
                <span className="block font-mono text-xs text-ink-muted wrap-anywhere">{models.join(", ")}</span>
              </RowHead>
              <Cell isNumeric className="max-sm:hidden">
                {formatCount(requests)}
              </Cell>
              <Cell isNumeric>{formatUsd(ledgerCostNanoUsd)}</Cell>
              <Cell isNumeric>{formatUsd(heliconeCostNanoUsd)}</Cell>
            </Row>
          ))}
        </tbody>
      </DataTable>
    </Panel>
  );
}
