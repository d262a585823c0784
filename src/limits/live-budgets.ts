import type { Budget, BudgetKey } from "#domain/budget.ts";
import { createLiveBudget, type LiveBudget } from "#limits/live-budget.ts";
import type { SpendHistory } from "#limits/spend-history.ts";

/** The budgets of all agents, each once, however many agents share it. */
export type LiveBudgets<Waiter> = {
  /** The budgets that an agent's calls count in: its own, its pool's, the fleet's. */
  of(agentId: number): readonly LiveBudget<Waiter>[];
  byKey(key: BudgetKey): LiveBudget<Waiter> | undefined;
  all(): Iterable<LiveBudget<Waiter>>;
  /** Takes over what was saved. Returns the budgets that there are no more. */
  follow(budgetsByAgent: ReadonlyMap<number, readonly Budget[]>): LiveBudget<Waiter>[];
};

type Group = { budget: Budget; agentIds: number[] };

export function createLiveBudgets<Waiter>(history: SpendHistory): LiveBudgets<Waiter> {
  const live = new Map<BudgetKey, LiveBudget<Waiter>>();
  let groups = new Map<BudgetKey, Group>();
  let byAgent = new Map<number, LiveBudget<Waiter>[]>();
  const strangers: LiveBudget<Waiter>[] = [];

  /** Agents that were removed long ago belong to the fleet, whether they are named or not. */
  const membersOf = (key: BudgetKey) => (key === "fleet" ? null : (groups.get(key)?.agentIds ?? []));
  const create = (budget: Budget) =>
    createLiveBudget<Waiter>(budget, (startMs, endMs) => history.between(membersOf(budget.key), startMs, endMs));

  return {
    of: (agentId) => byAgent.get(agentId) ?? strangers,
    byKey: (key) => live.get(key),
    all: () => live.values(),
    follow(budgetsByAgent) {
      const before = groups;
      groups = groupByKey(budgetsByAgent);
      for (const [key, { budget, agentIds }] of groups) {
        const known = live.get(key);
        if (known === undefined) live.set(key, create(budget));
        else known.follow(budget, key !== "fleet" && !isSame(before.get(key)?.agentIds ?? [], agentIds));
      }
      const gone = [...live].filter(([key]) => !groups.has(key));
      for (const [key] of gone) live.delete(key);
      byAgent = new Map(
        [...budgetsByAgent].map(([agentId, budgets]) => [agentId, budgets.flatMap(({ key }) => live.get(key) ?? [])]),
      );
      strangers.splice(0, strangers.length, ...[...live.values()].filter((budget) => budget.budget().key === "fleet"));
      return gone.map(([, budget]) => budget);
    },
  };
}

function groupByKey(budgetsByAgent: ReadonlyMap<number, readonly Budget[]>): Map<BudgetKey, Group> {
  const groups = new Map<BudgetKey, Group>();
  for (const [agentId, budgets] of budgetsByAgent) {
    for (const budget of budgets) {
      const group = groups.get(budget.key);
      if (group === undefined) groups.set(budget.key, { budget, agentIds: [agentId] });
      else group.agentIds.push(agentId);
    }
  }
  for (const { agentIds } of groups.values()) agentIds.sort((a, b) => a - b);
  return groups;
}

function isSame(before: readonly number[], after: readonly number[]): boolean {
  return before.length === after.length && before.every((agentId, at) => agentId === after[at]);
}
