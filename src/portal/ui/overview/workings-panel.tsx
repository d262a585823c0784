"use client";

import type { ReactNode } from "react";

import type { FleetOverview } from "#portal/client/answers.ts";
import { formatDuration } from "#portal/ui/format/counts.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { prepareCaching } from "#portal/ui/overview/prepare-overview.ts";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

const NO_CALLS = "No call was completed in this span.";

/** How fast answers came, and what the prompt cache saved. */
export function WorkingsPanel({ overview }: { overview: FleetOverview }) {
  const { durations, days } = overview;
  const caching = prepareCaching(overview.caching);
  return (
    <Panel title="Speed and caching" note={`Last ${days} days, completed calls`} isFlush>
      <DataTable caption="How long answers took">
        <thead>
          <tr>
            <HeadCell>Time to</HeadCell>
            <HeadCell isNumeric>Half within</HeadCell>
            <HeadCell isNumeric>90 % within</HeadCell>
            <HeadCell isNumeric>99 % within</HeadCell>
          </tr>
        </thead>
        <tbody>
          <Durations name="First byte" durations={durations.first_byte} />
          <Durations name="Whole answer" durations={durations.latency} />
        </tbody>
      </DataTable>
      <dl className="grid gap-x-6 gap-y-2 px-4 py-3 text-sm sm:grid-cols-2">
        <Fact label={caching.isLoss ? "Caching cost, more than it saved" : "Caching saved, about"}>
          {caching.saved ?? <Unknown reason="No call of this span was to a model whose price is known." />}
        </Fact>
        <Fact label="Input read from the cache">
          {caching.hits ?? <Unknown reason="No input was counted in this span." />}
        </Fact>
      </dl>
      {caching.note === null ? null : <p className="px-4 pb-3 text-xs text-ink-muted">{caching.note}</p>}
    </Panel>
  );
}

type DurationsProps = { name: string; durations: FleetOverview["durations"]["latency"] };

function Durations({ name, durations: { p50, p90, p99 } }: DurationsProps) {
  return (
    <Row>
      <RowHead>{name}</RowHead>
      {[p50, p90, p99].map((durationMs, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three columns, always the same
        <Cell key={at} isNumeric>
          {durationMs === null ? <Unknown reason={NO_CALLS} /> : formatDuration(durationMs)}
        </Cell>
      ))}
    </Row>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd className="text-lg font-semibold">{children}</dd>
    </div>
  );
}
