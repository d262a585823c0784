import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { BudgetAction } from "#domain/budget.ts";
import { isBudgetAction } from "#domain/budget-status.ts";
import { toUsdText } from "#domain/money.ts";
import type { AgentBudget, Prisma, PrismaClient } from "#generated/prisma/client.ts";

/** The limits of one agent as they are saved. `version` rises by one with each save. */
export type SavedBudget = {
  agentId: number;
  dailyLimit: bigint | null;
  monthlyLimit: bigint | null;
  actionOnExceed: BudgetAction;
  warningThresholds: number[];
  version: number;
  updatedAt: Date;
  updatedBy: string;
};

export type BudgetChange = Pick<SavedBudget, "dailyLimit" | "monthlyLimit" | "actionOnExceed">;

/** What to change: the agent, and the version of its limits that the person saw (0: none were saved). */
export type BudgetTarget = { agentId: number; agentName: string; seenVersion: number };

export type BudgetStore = ReturnType<typeof createBudgetStore>;

/** The table of limits. Every change is written to the audit log in its own transaction. */
export function createBudgetStore(prisma: PrismaClient) {
  return {
    async byAgents(agentIds: readonly number[]): Promise<Map<number, SavedBudget>> {
      const rows = await prisma.agentBudget.findMany({ where: { agentId: { in: [...agentIds] } } });
      return new Map(rows.map(toBudget).map((budget) => [budget.agentId, budget]));
    },

    /** @returns false when the saved limits are not of the version that the person saw */
    async save(actor: Actor, target: BudgetTarget, change: BudgetChange): Promise<boolean> {
      return prisma.$transaction(async (transaction) => {
        const before = await transaction.agentBudget.findUnique({ where: { agentId: target.agentId } });
        if (!(await writeVersion(transaction, actor, { target, change }))) return false;
        await recordChange(transaction, actor, {
          action: "budget.set",
          subject: `agent:${target.agentName}`,
          before: before === null ? null : toAudited(toBudget(before)),
          after: toAudited(change),
        });
        return true;
      });
    },
  };
}

async function writeVersion(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  { target, change }: { target: BudgetTarget; change: BudgetChange },
): Promise<boolean> {
  const columns = {
    dailyLimitNanoUsd: change.dailyLimit,
    monthlyLimitNanoUsd: change.monthlyLimit,
    actionOnExceed: change.actionOnExceed,
    updatedAt: new Date(),
    updatedBy: actor.name,
  };
  const { agentId, seenVersion } = target;
  const { count } =
    seenVersion === 0
      ? await transaction.agentBudget.createMany({ data: [{ agentId, ...columns }], skipDuplicates: true })
      : await transaction.agentBudget.updateMany({
          where: { agentId, version: seenVersion },
          data: { ...columns, version: { increment: 1 } },
        });
  return count === 1;
}

function toBudget(row: AgentBudget): SavedBudget {
  const { agentId, dailyLimitNanoUsd, monthlyLimitNanoUsd, actionOnExceed, warningThresholds, version } = row;
  if (agentId === null) throw new Error(`Limits ${row.id} belong to no agent.`);
  if (!isBudgetAction(actionOnExceed)) throw new Error(`Limits of agent ${agentId}: unknown action ${actionOnExceed}.`);
  return {
    agentId,
    dailyLimit: dailyLimitNanoUsd,
    monthlyLimit: monthlyLimitNanoUsd,
    actionOnExceed,
    warningThresholds,
    version,
    updatedAt: row.updatedAt,
    updatedBy: row.updatedBy,
  };
}

function toAudited({ dailyLimit, monthlyLimit, actionOnExceed }: BudgetChange) {
  return {
    dailyLimitUsd: dailyLimit === null ? null : toUsdText(dailyLimit),
    monthlyLimitUsd: monthlyLimit === null ? null : toUsdText(monthlyLimit),
    actionOnExceed,
  };
}
