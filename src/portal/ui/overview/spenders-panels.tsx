"use client";

import Link from "next/link";

import type { FleetOverview } from "#portal/client/answers.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { ShareFigure } from "#portal/ui/charts/share-bar.tsx";
import { countOf } from "#portal/ui/format/counts.ts";
import { prepareSpenders, type SpenderRow } from "#portal/ui/overview/prepare-overview.ts";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

/** Who spends it: agents, models, and for admins owners. */
export function SpendersPanels({ overview }: { overview: FleetOverview }) {
  const { role } = useViewer();
  const { agents, agentCount, models, owners, sums, days } = overview;
  const note = `Last ${days} days`;
  const agentRows = agents.map(({ agentName, owner, isRemoved, ...use }) => ({
    ...use,
    name: agentName,
    note: isRemoved ? "removed" : (owner?.name ?? "no owner"),
    ...(isRemoved ? {} : { href: `/agents/${agentName}` }),
  }));
  const ownerRows = owners.map(({ ownerName, agents: count, ...use }) => ({
    ...use,
    name: ownerName ?? "No owner",
    note: countOf(count, "agent"),
  }));
  const modelRows = models.map(({ model, ...use }) => ({ ...use, name: model }));
  return (
    <>
      <Panel
        title="Top agents"
        note={agentCount > agents.length ? `${note}, the first ${agents.length} of ${agentCount}` : note}
        isFlush
      >
        <SpenderTable caption="Cost by agent" head="Agent" rows={prepareSpenders(agentRows, sums.listCost)} />
      </Panel>
      <Panel title="Top models" note={note} isFlush>
        <SpenderTable caption="Cost by model" head="Model" rows={prepareSpenders(modelRows, sums.listCost)} />
      </Panel>
      {role === "admin" ? (
        <Panel title="Top owners" note={`${note}, by who owns the agents now`} isFlush>
          <SpenderTable caption="Cost by owner" head="Owner" rows={prepareSpenders(ownerRows, sums.listCost)} />
        </Panel>
      ) : null}
    </>
  );
}

function SpenderTable({ caption, head, rows }: { caption: string; head: string; rows: readonly SpenderRow[] }) {
  if (rows.length === 0) return <p className="px-4 py-6 text-sm text-ink-muted">No calls in this span.</p>;
  return (
    <DataTable caption={caption}>
      <thead>
        <tr>
          <HeadCell>{head}</HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Calls
          </HeadCell>
          <HeadCell isNumeric>Cost</HeadCell>
          <HeadCell isNumeric>Share</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={`${row.name} ${row.note}`}>
            <RowHead className="wrap-anywhere">
              {row.href === null ? (
                row.name
              ) : (
                <Link href={row.href} className="font-medium hover:underline">
                  {row.name}
                </Link>
              )}
              {row.note === null ? null : <span className="block text-xs text-ink-muted">{row.note}</span>}
            </RowHead>
            <Cell isNumeric className="max-sm:hidden">
              {row.calls}
            </Cell>
            <Cell isNumeric className="font-medium">
              {row.cost}
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
