"use client";

import { SearchX } from "lucide-react";
import { useState } from "react";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { AgentBudgetsTable, type BudgetTableRow } from "#portal/ui/budgets/agent-budgets-table.tsx";
import { BulkBar } from "#portal/ui/budgets/bulk-bar.tsx";
import { matchesBudgetSearch } from "#portal/ui/budgets/prepare-budget-rows.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

type PanelProps = { agents: BudgetOverview["agents"]; pools: BudgetOverview["pools"] };

/** Every agent's own limits; several can be changed at once. */
export function AgentBudgetsPanel({ agents, pools }: PanelProps) {
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const names = new Map(pools.map(({ id, name }) => [id, name]));
  const rows = agents.map(
    (agent): BudgetTableRow => ({
      ...agent,
      pool: agent.poolId === null ? null : (names.get(agent.poolId) ?? null),
    }),
  );
  const shown = rows.filter((row) => matchesBudgetSearch(row, search));
  // What is not on the screen is not changed either.
  const picked = shown.filter(({ name }) => chosen.has(name));
  if (rows.length === 0) {
    return (
      <Panel title="Agents">
        <p className="text-sm text-ink-muted">There is no agent yet. Each new one begins with the default limits.</p>
      </Panel>
    );
  }
  return (
    <Panel
      title="Agents"
      note="Each agent's own limits. Choose several to change them together."
      isFlush
      actions={
        <input
          type="search"
          aria-label="Search agents by name or pool"
          placeholder="Search by name or pool"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-8 w-56 rounded-md border border-line-strong bg-surface px-2.5 text-sm placeholder:text-ink-faint max-md:h-10 max-md:w-full"
        />
      }
    >
      <BulkBar rows={picked} pools={pools} onDone={() => setChosen(new Set())} />
      {shown.length > 0 ? (
        <AgentBudgetsTable rows={shown} chosen={chosen} onChoose={setChosen} />
      ) : (
        <EmptyState
          icon={SearchX}
          title="No agent matches"
          action={<Button onClick={() => setSearch("")}>Clear the search</Button>}
        >
          Nothing has “{search}” in its name or its pool's.
        </EmptyState>
      )}
    </Panel>
  );
}
