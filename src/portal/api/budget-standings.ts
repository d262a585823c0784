import type { Actor } from "#domain/agent.ts";
import type { BudgetState } from "#domain/budget-status.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { BudgetStatus } from "#limits/budgets.ts";
import type { Platform } from "#platform.ts";

/** An agent whose budget is the most used; `usedPercent` is of that limit, in whole percents. */
export type CloseBudget = { agentName: string; state: BudgetState; period: BudgetPeriod; usedPercent: number };

/**
 * Where the budgets of all agents stand that a person may see. Each agent counts once, in the first that applies: it is
 * paused; its own or a shared budget refuses its calls; else as its own budget stands. `closest`: 80 % of a limit and more, the most used first.
 */
export type BudgetStandings = {
  agents: number;
  paused: number;
  blocked: number;
  reached: number;
  near: number;
  ok: number;
  none: number;
  closest: CloseBudget[];
};

const CLOSEST_SHOWN = 5;

/** The budgets of the agents that the actor may see, counted. The number of queries does not grow with them. */
export async function budgetStandings(platform: Platform, actor: Actor): Promise<BudgetStandings> {
  const agents = await platform.agents.list(actor);
  const ids = agents.map(({ id }) => id);
  const [standings, pauses] = await Promise.all([platform.budgets.standings(ids), platform.pauses.of(ids)]);
  const counts = { paused: 0, blocked: 0, reached: 0, near: 0, ok: 0, none: 0 };
  const close: CloseBudget[] = [];
  for (const { id, name } of agents) {
    const standing = standings.get(id);
    if (standing === undefined) throw new Error("an agent was left out of the budgets");
    const { status, stoppedBy } = standing;
    const refused = stoppedBy === null ? status.state : "blocked";
    counts[pauses.has(id) ? "paused" : refused] += 1;
    if (status.state !== "none" && status.state !== "ok") {
      close.push({ agentName: name, state: status.state, ...mostUsed(status) });
    }
  }
  const closest = close.toSorted((a, b) => b.usedPercent - a.usedPercent || a.agentName.localeCompare(b.agentName));
  return { agents: agents.length, ...counts, closest: closest.slice(0, CLOSEST_SHOWN) };
}

function mostUsed({ day, month }: Pick<BudgetStatus, BudgetPeriod>): Pick<CloseBudget, "period" | "usedPercent"> {
  const [ofDay, ofMonth] = [day.usedPercent ?? -1, month.usedPercent ?? -1];
  return ofDay >= ofMonth ? { period: "day", usedPercent: ofDay } : { period: "month", usedPercent: ofMonth };
}
