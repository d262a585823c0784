import type { BudgetStore } from "#limits/budget-store.ts";
import { type BookEntry, type BudgetBook, type BudgetStatus, openBook, toStatus } from "#limits/budget-view.ts";
import type { IncreaseStore } from "#limits/increase-store.ts";
import type { MemberStore, Place } from "#limits/member-store.ts";
import type { Pool, PoolStore } from "#limits/pool-store.ts";
import type { SpendCounter } from "#limits/spend-counter.ts";

/** A budget above an agent that refuses its calls now, whatever is left of its own. */
export type StoppedBy = { scope: "pool" | "fleet"; name: string };

/** Where an agent's own budget stands, and what above it refuses its calls (the pool before the fleet; null: nothing). */
export type AgentStanding = { status: BudgetStatus; stoppedBy: StoppedBy | null };

type Dependencies = {
  store: BudgetStore;
  pools: PoolStore;
  members: MemberStore;
  increases: IncreaseStore;
  counter: SpendCounter;
  clock: () => Date;
};

/** A budget above agents that can refuse calls. `poolId` null: the fleet's. */
type Above = StoppedBy & { poolId: number | null; entry: BookEntry };

/**
 * Where each of these agents stands. One query for all sums, and none that reads every agent's place unless a budget
 * above agents can stop them; the number of queries does not grow with the agents.
 */
export async function readStandings(
  { store, pools, members, increases, counter, clock }: Dependencies,
  agentIds: readonly number[],
): Promise<Map<number, AgentStanding>> {
  const now = clock();
  const [saved, granted, poolList] = await Promise.all([store.load(agentIds), increases.inForce(now), pools.list()]);
  const book = openBook(saved, granted);
  const above = stoppersOf(book, poolList);
  const places = above.length === 0 ? [] : await members.places();
  const own = agentIds.map((id) => book.agent(id));
  const spends = await counter.current(
    [
      ...above.map(({ entry, poolId }) => counted(entry, idsIn(places, poolId))),
      ...own.map((entry, index) => counted(entry, agentIds.slice(index, index + 1))),
    ],
    now,
  );
  const statuses = [...above.map(({ entry }) => entry), ...own].map((entry, index) => {
    const spend = spends[index];
    if (spend === undefined) throw new Error("a budget was left out of the sums");
    return toStatus(entry, spend, now);
  });
  const blocking = above.filter((_, index) => statuses[index]?.state === "blocked");
  const poolOf = new Map(places.map(({ agentId, poolId }) => [agentId, poolId]));
  return new Map(
    statuses.slice(above.length).flatMap((status, index): [number, AgentStanding][] => {
      const id = agentIds[index];
      return id === undefined ? [] : [[id, { status, stoppedBy: stopperOf(blocking, poolOf.get(id) ?? null) }]];
    }),
  );
}

/** The pools' budgets and then the fleet's, as far as they can refuse a call. */
function stoppersOf(book: BudgetBook, poolList: readonly Pool[]): Above[] {
  const all: Above[] = [
    ...poolList.map(({ id, name }) => ({ scope: "pool" as const, name, poolId: id, entry: book.pool(id) })),
    { scope: "fleet", name: "fleet", poolId: null, entry: book.fleet() },
  ];
  return all.filter(({ entry: { budget } }) => {
    const { day, month } = budget.limits;
    return budget.actionOnExceed === "block" && (day !== null || month !== null);
  });
}

function stopperOf(blocking: readonly Above[], poolId: number | null): StoppedBy | null {
  const first = blocking.find((above) => above.poolId === null || above.poolId === poolId);
  return first === undefined ? null : { scope: first.scope, name: first.name };
}

function counted({ budget: { timeZone } }: BookEntry, agentIds: readonly number[]) {
  return { timeZone, agentIds };
}

/** Who counts towards a pool, or (null) towards the fleet; removed agents do. */
function idsIn(places: readonly Place[], poolId: number | null): number[] {
  return places.filter((place) => poolId === null || place.poolId === poolId).map(({ agentId }) => agentId);
}
