import type { AgentPlace, AgentRecord } from "#agents/agents.ts";
import type { Actor } from "#domain/agent.ts";
import type { AgentActivity, ThresholdAlert } from "#ledger/cost-report.ts";
import type { BudgetStatus } from "#limits/budgets.ts";
import type { Platform } from "#platform.ts";

/** An agent in the list: who owns it, who runs it, what it did and cost today and this month (nano-USD), where its budget stands. */
export type AgentRow = {
  name: string;
  owner: { id: string; name: string } | null;
  type: string | null;
  today: bigint;
  month: bigint;
  requestsToday: number;
  lastSeenAt: Date | null;
  budget: BudgetStatus;
  runtime: AgentPlace;
};

/** An agent on its own page. `keyHint`: the last 4 characters of its key. `alerts`: of this day and month, newest first. */
export type AgentDetail = AgentRow & {
  template: string | null;
  keyHint: string;
  keyRotatedAt: Date;
  createdAt: Date;
  mayEdit: boolean;
  alerts: ThresholdAlert[];
};

/** The agents that the actor may see, by name. The number of queries does not grow with them. */
export async function agentRows(platform: Platform, actor: Actor): Promise<AgentRow[]> {
  return rowsOf(platform, await platform.agents.list(actor));
}

/** One agent in full, for an actor who may see it. */
export async function agentDetail(platform: Platform, actor: Actor, agent: AgentRecord): Promise<AgentDetail> {
  const [[row], alerts] = await Promise.all([rowsOf(platform, [agent]), platform.costs.alerts(agent.id)]);
  if (row === undefined) throw new Error("rowsOf() answers for every agent it is given");
  const { template, keyHint, keyRotatedAt, createdAt } = agent;
  return { ...row, template, keyHint, keyRotatedAt, createdAt, mayEdit: actor.role === "admin", alerts };
}

async function rowsOf(platform: Platform, agents: readonly AgentRecord[]): Promise<AgentRow[]> {
  const ids = agents.map((agent) => agent.id);
  const [activities, budgets] = await Promise.all([platform.costs.activityOf(ids), platform.budgets.statuses(ids)]);
  return agents.map((agent) => toRow(agent, activities.get(agent.id), budgets.get(agent.id)));
}

function toRow(agent: AgentRecord, activity?: AgentActivity, budget?: BudgetStatus): AgentRow {
  if (activity === undefined || budget === undefined) throw new Error("an agent was left out of the sums");
  const { name, owner, type, runtime } = agent;
  const { spend, requestsToday, lastSeenAt } = activity;
  return { name, owner, type, today: spend.day, month: spend.month, requestsToday, lastSeenAt, budget, runtime };
}
