import type { AgentRecord } from "#agents/agents.ts";
import type { Actor } from "#domain/agent.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { BudgetStatus } from "#limits/budgets.ts";
import type { Platform } from "#platform.ts";
import { type AgentRow, agentRows } from "#portal/api/agent-rows.ts";

type ListedPeriod = Pick<BudgetStatus["day"], "spent" | "limit" | "usedPercent">;

/** What the list draws of a budget; a period is null where nothing limits it. */
export type ListedBudget = Pick<BudgetStatus, "state" | "actionOnExceed"> & Record<BudgetPeriod, ListedPeriod | null>;

type Figures = "today" | "month" | "requestsToday" | "lastSeenAt";

/** An agent as the list shows it, and no more: there may be thousands, and the page asks every minute. */
export type ListedAgent = Pick<AgentRow, Figures | "name" | "type" | "template" | "stoppedBy" | "routing"> & {
  owner: { name: string } | null;
  isPaused: boolean;
  budget: ListedBudget;
};

/** An agent to choose from. */
export type NamedAgent = Pick<AgentRecord, "name" | "owner">;

/** The agents that the actor may see, by name. */
export async function listedAgents(platform: Platform, actor: Actor): Promise<ListedAgent[]> {
  return (await agentRows(platform, actor)).map(toListed);
}

/** The names and owners of the agents that the actor may see, by name: no sum is made for them. */
export async function namedAgents(platform: Platform, actor: Actor): Promise<NamedAgent[]> {
  return (await platform.agents.list(actor)).map(({ name, owner }) => ({ name, owner }));
}

function toListed({ name, owner, type, template, today, month, budget, pause, ...row }: AgentRow): ListedAgent {
  const { requestsToday, lastSeenAt, stoppedBy, routing } = row;
  return {
    ...{ name, type, template, today, month, requestsToday, lastSeenAt, stoppedBy, routing },
    owner: owner === null ? null : { name: owner.name },
    isPaused: pause !== null,
    budget: toListedBudget(budget),
  };
}

function toListedBudget({ state, actionOnExceed, day, month }: BudgetStatus): ListedBudget {
  const listed = ({ spent, limit, usedPercent }: BudgetStatus["day"]): ListedPeriod | null =>
    limit === null ? null : { spent, limit, usedPercent };
  return { state, actionOnExceed, day: listed(day), month: listed(month) };
}
