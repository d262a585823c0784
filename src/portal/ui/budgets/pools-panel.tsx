"use client";

import { Plus } from "lucide-react";
import { useState } from "react";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { BudgetSummary } from "#portal/ui/budget/budget-meter.tsx";
import { shortForecast } from "#portal/ui/budget/prepare-forecast.ts";
import { CountedLimitsDialog } from "#portal/ui/budgets/counted-limits-dialog.tsx";
import { NewPoolDialog } from "#portal/ui/budgets/new-pool-dialog.tsx";
import { RemovePoolDialog, RenamePoolDialog } from "#portal/ui/budgets/pool-dialogs.tsx";
import { PoolMembersDialog } from "#portal/ui/budgets/pool-members-dialog.tsx";
import { PoolMenu, type PoolQuestion } from "#portal/ui/budgets/pool-menu.tsx";
import { limitsText } from "#portal/ui/budgets/prepare-budget-rows.ts";
import { formatCount } from "#portal/ui/format/counts.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

type Pool = BudgetOverview["pools"][number];
type Agents = BudgetOverview["agents"];

/** Named groups of agents with one budget over all of them. */
export function PoolsPanel({ pools, agents }: { pools: readonly Pool[]; agents: Agents }) {
  const [isCreating, setCreating] = useState(false);
  const [asked, setAsked] = useState<{ poolId: number; question: PoolQuestion } | null>(null);
  const pool = pools.find(({ id }) => id === asked?.poolId);
  const close = () => setAsked(null);
  return (
    <Panel
      title="Pools"
      note="Agents that share one budget, besides their own."
      isFlush
      actions={
        <Button onClick={() => setCreating(true)}>
          <Plus aria-hidden />
          New pool
        </Button>
      }
    >
      {pools.length === 0 ? (
        <p className="px-4 pb-3 text-sm text-ink-muted">
          There is no pool yet. Make one for the agents of a team or a project, and cap what they spend together.
        </p>
      ) : (
        <PoolsTable pools={pools} onAsk={(poolId, question) => setAsked({ poolId, question })} />
      )}
      <NewPoolDialog
        isOpen={isCreating}
        onClose={() => setCreating(false)}
        onCreated={(poolId) => {
          setCreating(false);
          setAsked({ poolId, question: "limits" });
        }}
      />
      {pool === undefined ? null : (
        <>
          <CountedLimitsDialog
            isOpen={asked?.question === "limits"}
            onClose={close}
            title={`Limits of “${pool.name}”`}
            description="Over all its agents together, besides what each may spend by itself."
            subject={{ scope: "pool", poolId: pool.id }}
            budget={pool.budget}
          />
          <PoolMembersDialog
            isOpen={asked?.question === "members"}
            onClose={close}
            pool={pool}
            pools={pools}
            agents={agents}
          />
          <RenamePoolDialog isOpen={asked?.question === "rename"} onClose={close} pool={pool} />
          <RemovePoolDialog isOpen={asked?.question === "remove"} onClose={close} pool={pool} />
        </>
      )}
    </Panel>
  );
}

type TableProps = { pools: readonly Pool[]; onAsk: (poolId: number, question: PoolQuestion) => void };

function PoolsTable({ pools, onAsk }: TableProps) {
  return (
    <DataTable caption="Pools, with their budgets">
      <thead>
        <tr>
          <HeadCell>Pool</HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Agents
          </HeadCell>
          <HeadCell className="max-md:hidden">Limits</HeadCell>
          <HeadCell>Used</HeadCell>
          <HeadCell isNumeric className="max-md:hidden">
            Month ends at
          </HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {pools.map((pool) => (
          <Row key={pool.id} className="hover:bg-hover/60">
            <RowHead className="py-2 font-medium break-words">{pool.name}</RowHead>
            <Cell isNumeric className="max-sm:hidden">
              {formatCount(pool.agentCount)}
            </Cell>
            <Cell className="max-md:hidden">
              {limitsText({ day: pool.budget.day.limit, month: pool.budget.month.limit }, pool.budget.actionOnExceed)}
            </Cell>
            <Cell className="w-1/4 min-w-32">
              <BudgetSummary budget={pool.budget} />
            </Cell>
            <Cell isNumeric className="max-md:hidden">
              {shortForecast(pool.forecast.month) ?? <Unknown reason="There is less than an hour of calls to go by." />}
            </Cell>
            <Cell isNumeric className="w-12">
              <PoolMenu name={pool.name} onAsk={(question) => onAsk(pool.id, question)} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </DataTable>
  );
}
