import type { KeyMode } from "#agents/agent-environment.ts";
import type { AgentPlace, AgentRecord } from "#agents/agents.ts";
import type { Actor, AgentRouting } from "#domain/agent.ts";
import type { AgentActivity, ThresholdAlert } from "#ledger/cost-report.ts";
import type { BudgetStatus, StoppedBy } from "#limits/budgets.ts";
import type { Pause } from "#limits/member-store.ts";
import type { Platform } from "#platform.ts";
import { agentBudgets, type SharedBudgetView } from "#portal/api/agent-budgets.ts";

/** An agent in the list: who owns it, who runs it, what it did and cost today and this month (nano-USD), where its budget stands. */
export type AgentRow = {
  name: string;
  owner: { id: string; name: string } | null;
  type: string | null;
  template: string | null;
  today: bigint;
  month: bigint;
  requestsToday: number;
  lastSeenAt: Date | null;
  budget: BudgetStatus;
  /** A budget above it that refuses its calls, whatever is left of its own; null: none does. */
  stoppedBy: StoppedBy | null;
  /** Null: it is not paused. */
  pause: Pause | null;
  runtime: AgentPlace;
  /** Where its calls go: by anything but the gateway they are neither metered nor limited. */
  routing: AgentRouting;
  /** What pays for them: the gateway's key (virtual) or one of the agent's own. */
  keyMode: KeyMode;
};

/** An agent on its own page. `keyHint`: the last 4 characters of its key. `alerts`: of this day and month, newest first. */
export type AgentDetail = AgentRow & {
  keyHint: string;
  keyRotatedAt: Date;
  createdAt: Date;
  /** Whether it is made to report what it does; null: as the settings say. */
  reportsTelemetry: boolean | null;
  mayEdit: boolean;
  alerts: ThresholdAlert[];
  pool: { id: number; name: string } | null;
  /** The pool's and the fleet's budgets, where they limit anything. */
  shared: SharedBudgetView[];
};

/** The agents that the actor may see, by name. The number of queries does not grow with them. */
export async function agentRows(platform: Platform, actor: Actor): Promise<AgentRow[]> {
  return rowsOf(platform, await platform.agents.list(actor));
}

/** One agent in full, for an actor who may see it. */
export async function agentDetail(platform: Platform, actor: Actor, agent: AgentRecord): Promise<AgentDetail> {
  const [[row], { pool, shared }] = await Promise.all([
    rowsOf(platform, [agent]),
    agentBudgets(platform, actor, agent),
  ]);
  if (row === undefined) throw new Error("rowsOf() answers for every agent it is given");
  const alerts = await platform.costs.alerts(agent.id, row.budget.timeZone);
  const { keyHint, keyRotatedAt, createdAt, reportsTelemetry } = agent;
  const kept = { keyHint, keyRotatedAt, createdAt, reportsTelemetry };
  return { ...row, ...kept, mayEdit: actor.role === "admin", alerts, pool, shared };
}

async function rowsOf(platform: Platform, agents: readonly AgentRecord[]): Promise<AgentRow[]> {
  const ids = agents.map((agent) => agent.id);
  const [activities, standings, pauses] = await Promise.all([
    platform.costs.activityOf(ids),
    platform.budgets.standings(ids),
    platform.pauses.of(ids),
  ]);
  return agents.map((agent) => {
    const [activity, standing] = [activities.get(agent.id), standings.get(agent.id)];
    if (activity === undefined || standing === undefined) throw new Error("an agent was left out of the sums");
    const { status: budget, stoppedBy } = standing;
    return toRow(agent, { activity, budget, stoppedBy, pause: pauses.get(agent.id) ?? null });
  });
}

type Known = { activity: AgentActivity; budget: BudgetStatus; stoppedBy: StoppedBy | null; pause: Pause | null };

function toRow(agent: AgentRecord, { activity, budget, stoppedBy, pause }: Known): AgentRow {
  const { name, owner, type, template, runtime, routing, keyMode } = agent;
  const { spend, requestsToday, lastSeenAt } = activity;
  const figures = { today: spend.day, month: spend.month, requestsToday, lastSeenAt };
  return { name, owner, type, template, ...figures, budget, stoppedBy, pause, runtime, routing, keyMode };
}
