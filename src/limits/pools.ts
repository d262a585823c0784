import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { poolNameProblem } from "#domain/limit-rules.ts";
import type { Move, Pool, PoolOutcome, PoolStore } from "#limits/pool-store.ts";

export type Pools = ReturnType<typeof createPools>;

/** Named groups of agents with one budget over all of them. For admins. */
export function createPools(store: PoolStore) {
  return {
    /** All pools, by name. */
    list: (): Promise<Pool[]> => store.list(),

    /** The pool of that id. @throws DomainError not_found */
    async find(id: number): Promise<Pool> {
      const pool = (await store.list()).find((candidate) => candidate.id === id);
      if (pool === undefined) throw noSuchPool();
      return pool;
    },

    /** @throws DomainError invalid_input for a bad name; conflict when there is a pool of that name */
    async create(actor: Actor, name: string): Promise<Pool> {
      const pool = await store.create(actor, checkedName(name));
      if (pool === null) throw nameTaken(name);
      return pool;
    },

    /**
     * `seenName`: what the person saw it called.
     * @throws DomainError as `create`; conflict when it was renamed meanwhile, not_found when it was removed
     */
    async rename(actor: Actor, id: number, { seenName, name }: { seenName: string; name: string }): Promise<void> {
      const outcome = await store.rename(actor, id, { seenName, name: checkedName(name) });
      if (outcome === "taken") throw nameTaken(name);
      refuse(outcome, "Somebody else has renamed this pool meanwhile. Look again.");
    },

    /** Its agents are in no pool afterwards. @throws DomainError not_found */
    async remove(actor: Actor, id: number): Promise<void> {
      refuse(await store.remove(actor, id), "");
    },

    /**
     * Puts agents into a pool, or (null) into none, all of them or nobody. What each has spent in the current period comes
     * along with it.
     * @throws DomainError not_found when the pool was removed; conflict when an agent was moved or removed meanwhile
     */
    async move(actor: Actor, moves: readonly Move[], poolId: number | null): Promise<void> {
      const outcome = await store.move(actor, moves, poolId);
      refuse(outcome, "Somebody else has moved or removed one of these agents meanwhile. Look again.");
    },
  };
}

function refuse(outcome: PoolOutcome, staleText: string): void {
  if (outcome === "missing") throw noSuchPool();
  if (outcome === "stale") throw new DomainError("conflict", staleText);
}

function checkedName(name: string): string {
  const problem = poolNameProblem(name);
  if (problem !== null) throw new DomainError("invalid_input", problem);
  return name.trim();
}

function nameTaken(name: string): DomainError {
  return new DomainError("conflict", `There is a pool named "${name.trim()}" already. Choose another name.`);
}

function noSuchPool(): DomainError {
  return new DomainError("not_found", "There is no such pool. It may have been removed.");
}
