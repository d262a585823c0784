import { formatCount } from "#portal/ui/format/counts.ts";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { prepareWork, type TelemetryReport } from "#portal/ui/telemetry/prepare-telemetry.ts";

type Work = TelemetryReport["work"];

/** What was done, and what each of it cost. */
export function WorkFigures({ work }: { work: Work }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 xl:grid-cols-6">
      {prepareWork(work).map(({ name, value, each }) => (
        <div key={name} className="min-h-18 bg-surface px-4 py-3">
          <dt className="text-xs text-ink-muted">{name}</dt>
          <dd className="mt-0.5">
            <span className="text-xl font-semibold tracking-tight">{value}</span>
            {each === null ? null : <span className="block text-xs text-ink-muted">{each}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Which tools it used, and what was decided when it asked. */
export function ToolTables({ work: { tools, decisions } }: { work: Work }) {
  return (
    <>
      <Panel title="Tools" note="The most used" isFlush>
        {tools.length === 0 ? <NoRows /> : <ToolTable tools={tools} />}
      </Panel>
      <Panel title="Tool decisions" note="What was decided before a tool was used" isFlush>
        {decisions.length === 0 ? <NoRows /> : <DecisionTable decisions={decisions} />}
      </Panel>
    </>
  );
}

function NoRows() {
  return <p className="px-4 py-6 text-sm text-ink-muted">None in this span.</p>;
}

function ToolTable({ tools }: Pick<Work, "tools">) {
  return (
    <DataTable caption="Tools by use">
      <thead>
        <tr>
          <HeadCell>Tool</HeadCell>
          <HeadCell isNumeric>Uses</HeadCell>
          <HeadCell isNumeric>Failed</HeadCell>
        </tr>
      </thead>
      <tbody>
        {tools.map(({ name, uses, failures }) => (
          <Row key={name}>
            <RowHead className="font-mono text-xs wrap-anywhere">{name}</RowHead>
            <Cell isNumeric>{formatCount(uses)}</Cell>
            <Cell isNumeric>{formatCount(failures)}</Cell>
          </Row>
        ))}
      </tbody>
    </DataTable>
  );
}

function DecisionTable({ decisions }: Pick<Work, "decisions">) {
  return (
    <DataTable caption="Tool decisions">
      <thead>
        <tr>
          <HeadCell>Decision</HeadCell>
          <HeadCell isNumeric>Times</HeadCell>
        </tr>
      </thead>
      <tbody>
        {decisions.map(({ name, count }) => (
          <Row key={name}>
            <RowHead className="wrap-anywhere">{name}</RowHead>
            <Cell isNumeric>{formatCount(count)}</Cell>
          </Row>
        ))}
      </tbody>
    </DataTable>
  );
}
