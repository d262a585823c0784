import { recordChange, recordChanges } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";

/** A named group of agents with one budget over all of them. */
export type Pool = { id: number; name: string; createdAt: Date; createdBy: string };

/** An agent to put into a pool, and the pool that the person saw it in (null: none). */
export type Move = { agentId: number; agentName: string; seenPoolId: number | null };

/** taken: there is a pool of that name. missing: it has been removed. stale: somebody else has changed what the person saw. */
export type PoolOutcome = "done" | "taken" | "missing" | "stale";

const UNIQUE_VIOLATION = "P2002";

export type PoolStore = ReturnType<typeof createPoolStore>;

/** Pools and who is in them. Every change is written to the audit log in its own transaction. */
export function createPoolStore(prisma: PrismaClient) {
  return {
    /** By name. */
    async list(): Promise<Pool[]> {
      const rows = await prisma.budgetPool.findMany({ where: { removedAt: null }, orderBy: { name: "asc" } });
      return rows.map(toPool);
    },

    /** @returns null when there is a pool of that name */
    create: (actor: Actor, name: string): Promise<Pool | null> =>
      unlessTaken(() =>
        prisma.$transaction(async (transaction) => {
          const row = await transaction.budgetPool.create({ data: { name, createdBy: actor.name } });
          await recordChange(transaction, actor, { action: "pool.create", subject: `pool:${name}`, after: { name } });
          return toPool(row);
        }),
      ),

    /** `stale`: the pool is not called `seenName` any more. */
    async rename(actor: Actor, id: number, names: { seenName: string; name: string }): Promise<PoolOutcome> {
      const renamed = unlessTaken(() =>
        prisma.$transaction((transaction) => rename(transaction, actor, { id, ...names })),
      );
      return (await renamed) ?? "taken";
    },

    /** Its agents are in no pool afterwards, and its limits are gone. */
    remove: (actor: Actor, id: number): Promise<PoolOutcome> =>
      prisma.$transaction((transaction) => remove(transaction, actor, id)),

    /** Puts agents into a pool, or (null) into none, all of them or nobody. `stale`: one was moved or removed meanwhile. */
    move: (actor: Actor, moves: readonly Move[], poolId: number | null): Promise<PoolOutcome> =>
      prisma.$transaction((transaction) => move(transaction, actor, { moves, poolId })),
  };
}

type Renaming = { id: number; seenName: string; name: string };

async function rename(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  { id, seenName, name }: Renaming,
): Promise<PoolOutcome> {
  const pool = await lockPool(transaction, id);
  if (pool === null) return "missing";
  if (pool.name !== seenName) return "stale";
  await transaction.budgetPool.update({ where: { id }, data: { name } });
  const change = { before: { name: seenName }, after: { name } };
  await recordChange(transaction, actor, { action: "pool.rename", subject: `pool:${name}`, ...change });
  return "done";
}

async function remove(transaction: Prisma.TransactionClient, actor: Actor, id: number): Promise<PoolOutcome> {
  const pool = await lockPool(transaction, id);
  if (pool === null) return "missing";
  const members = await transaction.agent.findMany({
    where: { poolId: id, removedAt: null },
    select: { agentName: true },
  });
  await transaction.agent.updateMany({ where: { poolId: id }, data: { poolId: null } });
  await transaction.agentBudget.deleteMany({ where: { poolId: id } });
  await transaction.budgetPool.update({ where: { id }, data: { removedAt: new Date() } });
  const before = { name: pool.name, agents: members.map(({ agentName }) => agentName) };
  await recordChange(transaction, actor, { action: "pool.remove", subject: `pool:${pool.name}`, before });
  return "done";
}

type Moving = { moves: readonly Move[]; poolId: number | null };

async function move(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  { moves, poolId }: Moving,
): Promise<PoolOutcome> {
  const pool = poolId === null ? null : await lockPool(transaction, poolId);
  if (poolId !== null && pool === null) return "missing";
  const ids = moves.map(({ agentId }) => agentId);
  await transaction.$queryRaw`SELECT id FROM agent_ownership WHERE id = ANY (${ids}::int[]) ORDER BY id FOR UPDATE`;
  const agents = await transaction.agent.findMany({
    where: { id: { in: ids }, removedAt: null },
    select: { id: true, poolId: true, pool: { select: { name: true } } },
  });
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  if (moves.some(({ agentId, seenPoolId }) => byId.get(agentId)?.poolId !== seenPoolId)) return "stale";
  await transaction.agent.updateMany({ where: { id: { in: ids } }, data: { poolId } });
  await recordChanges(
    transaction,
    actor,
    moves.map(({ agentId, agentName }) => ({
      action: "agent.pool",
      subject: `agent:${agentName}`,
      before: { pool: byId.get(agentId)?.pool?.name ?? null },
      after: { pool: pool?.name ?? null },
    })),
  );
  return "done";
}

/** Holds a pool that has not been removed until the transaction ends. */
async function lockPool(transaction: Prisma.TransactionClient, id: number): Promise<{ name: string } | null> {
  const [pool] = await transaction.$queryRaw<{ name: string }[]>`
    SELECT name FROM budget_pools WHERE id = ${id} AND removed_at IS NULL FOR UPDATE`;
  return pool ?? null;
}

async function unlessTaken<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION) return null;
    throw error;
  }
}

function toPool({ id, name, createdAt, createdBy }: Pool): Pool {
  return { id, name, createdAt, createdBy };
}
