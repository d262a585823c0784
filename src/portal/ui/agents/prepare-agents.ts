import type { NanoUsd } from "#domain/money.ts";
import type { BudgetOutline, BudgetStatus, StoppedBy } from "#portal/ui/budget/prepare-budget.ts";

type Agent = {
  name: string;
  owner: { name: string } | null;
  type: string | null;
  template: string | null;
  today: NanoUsd;
  month: NanoUsd;
  requestsToday: number;
  budget: BudgetOutline;
  stoppedBy: StoppedBy | null;
};

export type FleetSummary = {
  today: NanoUsd;
  month: NanoUsd;
  requestsToday: number;
  /** "2 blocked, 1 over, 3 near"; null while all are within their limits. */
  attention: string | null;
  isBlocking: boolean;
};

/** What all listed agents cost together, and how many need a look. */
export function prepareFleetSummary(agents: readonly Agent[]): FleetSummary {
  const inState = (state: BudgetStatus["state"]) => agents.filter((agent) => stateOf(agent) === state).length;
  const [blocked, reached, near] = [inState("blocked"), inState("reached"), inState("near")];
  const parts = [
    blocked > 0 ? `${blocked} blocked` : null,
    reached > 0 ? `${reached} over` : null,
    near > 0 ? `${near} near` : null,
  ].filter((part) => part !== null);
  return {
    today: agents.reduce((sum, { today }) => sum + today, 0n),
    month: agents.reduce((sum, { month }) => sum + month, 0n),
    requestsToday: agents.reduce((sum, { requestsToday }) => sum + requestsToday, 0),
    attention: parts.length === 0 ? null : parts.join(", "),
    isBlocking: blocked > 0,
  };
}

/** A pool or the fleet stops an agent as its own budget does. */
function stateOf({ budget, stoppedBy }: Agent): BudgetStatus["state"] {
  return stoppedBy === null ? budget.state : "blocked";
}

/** Whether a search finds an agent: every word of it occurs in the name, the owner, the type or the template. */
export function matchesSearch(
  { name, owner, type, template }: Pick<Agent, "name" | "owner" | "type" | "template">,
  search: string,
): boolean {
  const text = `${name} ${owner?.name ?? ""} ${type ?? ""} ${template ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Orders amounts, counts and instants; what is not there comes first in ascending order. */
export function compareValues(a: bigint | number | string | null, b: bigint | number | string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/**
 * How pressing an agent's budgets are, for sorting: the used percent of the tightest period, and at least 100 where a
 * budget above it stops it; null without a limit.
 */
export function budgetPressure({
  budget: { day, month },
  stoppedBy,
}: Pick<Agent, "budget" | "stoppedBy">): number | null {
  const above = stoppedBy === null ? null : 100;
  const percents = [day?.usedPercent ?? null, month?.usedPercent ?? null, above].filter((percent) => percent !== null);
  return percents.length === 0 ? null : Math.max(...percents);
}
