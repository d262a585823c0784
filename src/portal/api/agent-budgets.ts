import type { AgentRecord } from "#agents/agents.ts";
import type { Actor } from "#domain/agent.ts";
import type { BudgetState } from "#domain/budget-status.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { AgentBudgets, SharedBudget } from "#limits/budgets.ts";
import type { Platform } from "#platform.ts";

/** One limit of a pool's or the fleet's budget. Amounts are other people's business: null for whoever is no admin. */
export type SharedLimit = {
  period: BudgetPeriod;
  usedPercent: number;
  resetsAt: Date;
  spent: bigint | null;
  limit: bigint | null;
};

/** A budget above the agent: it stops the agent as well. */
export type SharedBudgetView = {
  scope: SharedBudget["scope"];
  name: string;
  state: BudgetState;
  /** By whose clocks its day and month begin. */
  timeZone: string;
  limits: SharedLimit[];
};

export type AgentBudgetsView = Omit<AgentBudgets, "shared"> & { shared: SharedBudgetView[] };

/** All that limits one agent, as far as the actor, who may see the agent, may know. */
export async function agentBudgets(platform: Platform, actor: Actor, agent: AgentRecord): Promise<AgentBudgetsView> {
  const { shared, ...budgets } = await platform.budgets.of(agent);
  return { ...budgets, shared: shared.map((budget) => toView(budget, actor.role === "admin")) };
}

function toView({ scope, name, status }: SharedBudget, mayKnowAmounts: boolean): SharedBudgetView {
  const limits = (["day", "month"] as const).flatMap((period): SharedLimit[] => {
    const { usedPercent, resetsAt, spent, limit } = status[period];
    if (usedPercent === null) return [];
    const amounts = mayKnowAmounts ? { spent, limit } : { spent: null, limit: null };
    return [{ period, usedPercent, resetsAt, ...amounts }];
  });
  return { scope, name, state: status.state, timeZone: status.timeZone, limits };
}
