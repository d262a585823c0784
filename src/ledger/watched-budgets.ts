import type { Budget, BudgetKey } from "#domain/budget.ts";
import type { WatchedBudget } from "#ledger/alert-watch.ts";

/** The budgets that agents' calls count in, and who shares them. */
export type BudgetsByAgent = ReadonlyMap<number, { budgets: readonly Budget[] }>;

/** Finds the budgets of an agent, each with all whose calls count in it; asked for often, counted once for each picture. */
export function watchBudgets(current: () => BudgetsByAgent): (agentId: number) => readonly WatchedBudget[] {
  let picture: BudgetsByAgent | null = null;
  let members = new Map<BudgetKey, number[]>();
  return (agentId) => {
    const now = current();
    if (now !== picture) {
      picture = now;
      members = membersOf(now);
    }
    return (now.get(agentId)?.budgets ?? []).map((budget) => ({
      budget,
      agentIds: budget.key === "fleet" ? null : (members.get(budget.key) ?? []),
    }));
  };
}

function membersOf(byAgent: BudgetsByAgent): Map<BudgetKey, number[]> {
  const members = new Map<BudgetKey, number[]>();
  for (const [agentId, { budgets }] of byAgent) {
    for (const { key } of budgets) {
      const others = members.get(key);
      if (others === undefined) members.set(key, [agentId]);
      else others.push(agentId);
    }
  }
  return members;
}
