import type { Actor } from "#domain/agent.ts";
import type { BudgetAction, BudgetRule, Spend } from "#domain/budget.ts";
import { type BudgetStanding, budgetStanding } from "#domain/budget-status.ts";
import { DomainError } from "#domain/errors.ts";
import { type NanoUsd, parseUsd } from "#domain/money.ts";
import type { BudgetStore, SavedBudget } from "#limits/budget-store.ts";

/**
 * Limits, spend and state of one agent. `version` is 0 and `updatedAt`, `updatedBy` are null when no limits
 * were ever saved.
 */
export type BudgetStatus = BudgetStanding & { version: number; updatedAt: Date | null; updatedBy: string | null };

/** New limits as the person typed them, in decimal dollars; null is "no limit". */
export type BudgetInput = {
  /** The version that the person saw. */
  version: number;
  daily: string | null;
  monthly: string | null;
  actionOnExceed: BudgetAction;
};

type AgentReference = { id: number; name: string };
type Dependencies = {
  store: BudgetStore;
  /** What each agent has spent in the current UTC day and month; one that spent nothing may be missing. */
  spendOf: (agentIds: readonly number[], now: Date) => Promise<Map<number, Spend>>;
  clock: () => Date;
};

const NO_SPEND: Spend = { day: 0n, month: 0n };
const NO_BUDGET: BudgetRule = {
  limits: { day: null, month: null },
  actionOnExceed: "none",
  warningThresholds: [50, 80, 100],
};

export type Budgets = ReturnType<typeof createBudgets>;

/**
 * Spending limits of agents. The gateway learns of a change by the table's trigger, when the change commits.
 * The caller has made sure that the person may see, or change, the agent.
 */
export function createBudgets({ store, spendOf, clock }: Dependencies) {
  const statuses = async (agentIds: readonly number[]): Promise<Map<number, BudgetStatus>> => {
    const now = clock();
    const [saved, spends] = await Promise.all([store.byAgents(agentIds), spendOf(agentIds, now)]);
    return new Map(agentIds.map((id) => [id, toStatus(saved.get(id), spends.get(id) ?? NO_SPEND, now)]));
  };

  const status = async (agent: AgentReference): Promise<BudgetStatus> => {
    const found = (await statuses([agent.id])).get(agent.id);
    if (found === undefined) throw new Error("statuses() answers for every id it is asked for");
    return found;
  };

  return {
    /** Where each agent stands. Two queries for any number of agents. */
    statuses,

    /** Where one agent stands. */
    status,

    /**
     * Saves both limits and the action. A limit of 0 allows no call.
     * @throws DomainError invalid_input for an amount that cannot be read; conflict when the limits were
     * changed after the person saw them
     */
    async set(actor: Actor, agent: AgentReference, input: BudgetInput): Promise<BudgetStatus> {
      const change = {
        dailyLimit: parseLimit("daily", input.daily),
        monthlyLimit: parseLimit("monthly", input.monthly),
        actionOnExceed: input.actionOnExceed,
      };
      const target = { agentId: agent.id, agentName: agent.name, seenVersion: input.version };
      if (!(await store.save(actor, target, change))) throw await staleVersion(store, agent);
      return status(agent);
    },

    /**
     * Takes both limits away.
     * @throws DomainError conflict when the limits were changed after the person saw them
     */
    async clear(actor: Actor, agent: AgentReference, version: number): Promise<BudgetStatus> {
      if (version === 0) return status(agent);
      const target = { agentId: agent.id, agentName: agent.name, seenVersion: version };
      const change = { dailyLimit: null, monthlyLimit: null, actionOnExceed: "none" } as const;
      if (!(await store.save(actor, target, change))) throw await staleVersion(store, agent);
      return status(agent);
    },
  };
}

/**
 * Reads a limit as people type it. Null stays null: no limit.
 * @throws DomainError invalid_input that says what to write instead
 */
export function parseLimit(which: "daily" | "monthly", text: string | null): NanoUsd | null {
  if (text === null) return null;
  const amount = parseUsd(text);
  if (amount === null) throw new DomainError("invalid_input", `The ${which} limit ${amountProblem(text.trim())}`);
  return amount;
}

function amountProblem(text: string): string {
  if (text === "") return "is empty. Write an amount in dollars such as 10 or 0.25, or choose no limit.";
  if (/[$€£]|usd/i.test(text)) return "takes the number alone: write 10, without a currency.";
  if (/^-/.test(text)) return "cannot be negative. Write 0 to allow no calls at all.";
  if (/^[\d.]*,[\d.,]*$/.test(text)) return "takes no commas: write 1234.50 for one thousand two hundred and so on.";
  if (/^\d{10,}(\.\d*)?$/.test(text)) return "is too large: at most 999999999 dollars.";
  if (/^\d+\.\d{10,}$/.test(text)) return "has too many decimals: at most 9.";
  return "must be a plain number of dollars such as 10 or 0.25.";
}

async function staleVersion(store: BudgetStore, agent: AgentReference): Promise<DomainError> {
  const saved = (await store.byAgents([agent.id])).get(agent.id);
  const what =
    saved === undefined
      ? "The limits are not saved any more."
      : `${saved.updatedBy} saved other limits at ${saved.updatedAt.toISOString().slice(0, 16).replace("T", " ")} UTC.`;
  return new DomainError("conflict", `${what} Look at them, then save again.`);
}

function toStatus(saved: SavedBudget | undefined, spend: Spend, now: Date): BudgetStatus {
  if (saved === undefined) {
    return { ...budgetStanding(NO_BUDGET, spend, now), version: 0, updatedAt: null, updatedBy: null };
  }
  const { actionOnExceed, warningThresholds, version, updatedAt, updatedBy } = saved;
  const limits = { day: saved.dailyLimit, month: saved.monthlyLimit };
  const standing = budgetStanding({ limits, actionOnExceed, warningThresholds }, spend, now);
  return { ...standing, version, updatedAt, updatedBy };
}
