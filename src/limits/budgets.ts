import { DomainError } from "#domain/errors.ts";
import { timeZoneProblem } from "#domain/limit-rules.ts";
import type { DaySpend } from "#domain/what-if.ts";
import { type AgentStanding, readStandings, type StoppedBy } from "#limits/agent-standings.ts";
import type { BudgetStore } from "#limits/budget-store.ts";
import type { CountedSubject } from "#limits/budget-subject.ts";
import type { BudgetTerms } from "#limits/budget-terms.ts";
import {
  type BookEntry,
  type BudgetBook,
  type BudgetForecast,
  type BudgetStatus,
  entryFor,
  type LastSave,
  openBook,
  toForecast,
  toStatus,
} from "#limits/budget-view.ts";
import type { Increase, IncreaseStore } from "#limits/increase-store.ts";
import type { Member, MemberStore, Pause } from "#limits/member-store.ts";
import type { Pool, PoolStore } from "#limits/pool-store.ts";
import type { SpendCounter } from "#limits/spend-counter.ts";

export type { AgentStanding, StoppedBy } from "#limits/agent-standings.ts";
export type { BudgetForecast, BudgetStatus } from "#limits/budget-view.ts";

type AgentReference = { id: number; name: string };

/** A pool's or the fleet's budget over an agent: it stops the agent as well. */
export type SharedBudget = { scope: "pool" | "fleet"; name: string; status: BudgetStatus };

/** All that limits one agent. `shared`: those above it that limit anything. `increases`: the latest, newest first. */
export type AgentBudgets = {
  budget: BudgetStatus;
  forecast: BudgetForecast;
  pool: { id: number; name: string } | null;
  pause: Pause | null;
  shared: SharedBudget[];
  /** Null: nothing above it does. */
  stoppedBy: StoppedBy | null;
  increases: Increase[];
};

export type BudgetRow = { budget: BudgetStatus; forecast: BudgetForecast };
export type PoolRow = BudgetRow & { id: number; name: string; agentCount: number };
export type AgentBudgetRow = BudgetRow & {
  name: string;
  poolId: number | null;
  pause: Pause | null;
  stoppedBy: StoppedBy | null;
};

/** The limits of everybody. `requests`: what owners wait for. */
export type BudgetOverview = {
  defaults: { terms: BudgetTerms; save: LastSave; followers: number };
  fleet: BudgetRow;
  pools: PoolRow[];
  agents: AgentBudgetRow[];
  requests: Increase[];
};

type Dependencies = {
  store: BudgetStore;
  pools: PoolStore;
  members: MemberStore;
  increases: IncreaseStore;
  counter: SpendCounter;
  clock: () => Date;
};

/** A budget, and the agents whose spend counts towards it. */
type Shared = { entry: BookEntry; agentIds: readonly number[] };

export type Budgets = ReturnType<typeof createBudgets>;

/** Where spending limits stand. The caller has made sure that the person may see what is asked for. */
export function createBudgets(dependencies: Dependencies) {
  const { store, pools, members, increases, counter, clock } = dependencies;
  const readBook = async (agentIds: readonly number[]): Promise<BudgetBook> =>
    openBook(...(await Promise.all([store.load(agentIds), increases.inForce(clock())])));

  const statuses = async (agentIds: readonly number[]): Promise<Map<number, BudgetStatus>> => {
    const now = clock();
    const book = await readBook(agentIds);
    const entries = agentIds.map((id) => ({ entry: book.agent(id), agentIds: [id] }));
    const spends = await counter.current(entries.map(toCounted), now);
    return new Map(agentIds.map((id, index) => [id, toStatus(found(entries[index]).entry, found(spends[index]), now)]));
  };

  return {
    /** Where each agent stands. Three queries for any number of agents. */
    statuses,

    /** Where one agent stands. */
    status: async ({ id }: AgentReference): Promise<BudgetStatus> => found((await statuses([id])).get(id)),

    /** Where each agent stands, with what above it refuses its calls now. The number of queries does not grow with them. */
    standings: (agentIds: readonly number[]): Promise<Map<number, AgentStanding>> =>
      readStandings(dependencies, agentIds),

    /** All that limits one agent: its own budget, those above it, its pause, and what was granted or asked for. */
    async of(agent: AgentReference): Promise<AgentBudgets> {
      const [book, everybody, poolList, latest] = await Promise.all([
        readBook([agent.id]),
        members.all(),
        pools.list(),
        increases.latest({ scope: "agent", id: agent.id, name: agent.name }),
      ]);
      const self = everybody.find(({ agentId }) => agentId === agent.id);
      const pool = poolList.find(({ id }) => id === self?.poolId) ?? null;
      const above = sharedOf(book, everybody, pool);
      const own = { entry: book.agent(agent.id), agentIds: [agent.id] };
      const [row, ...others] = await rowsOf(dependencies, [own, ...above], everybody);
      const shared = above.map(({ scope, name }, index) => ({ scope, name, status: found(others[index]).budget }));
      const stop = shared.find(({ status }) => status.state === "blocked");
      return {
        ...found(row),
        pool: pool === null ? null : { id: pool.id, name: pool.name },
        pause: self?.pause ?? null,
        shared: shared.filter(({ status }) => status.state !== "none"),
        stoppedBy: stop === undefined ? null : { scope: stop.scope, name: stop.name },
        increases: latest,
      };
    },

    /** The limits of everybody, and what owners wait for. The number of queries does not grow with them. */
    overview: (): Promise<BudgetOverview> => overviewOf(dependencies),

    /**
     * What was spent on the days that a what-if looks at, by the clocks of `timeZone`; the oldest first.
     * @throws DomainError invalid_input for a zone that is not known
     */
    async history(subject: CountedSubject, timeZone: string): Promise<DaySpend[]> {
      const problem = timeZoneProblem(timeZone);
      if (problem !== null) throw new DomainError("invalid_input", problem);
      return counter.history({ timeZone, agentIds: await countedIds(members, subject) }, clock());
    },

    /** Where the budget of an agent, a pool or the fleet stands. */
    async standing(subject: CountedSubject): Promise<BudgetStatus> {
      const [book, agentIds] = await Promise.all([
        readBook(subject.scope === "agent" ? [subject.id] : []),
        countedIds(members, subject),
      ]);
      const entry = entryFor(book, subject);
      const now = clock();
      const [spend] = await counter.current([toCounted({ entry, agentIds })], now);
      return toStatus(entry, found(spend), now);
    },
  };
}

async function overviewOf(dependencies: Dependencies): Promise<BudgetOverview> {
  const { store, pools, members, increases, clock } = dependencies;
  const [saved, granted, everybody, poolList, requests] = await Promise.all([
    store.loadAll(),
    increases.inForce(clock()),
    members.all(),
    pools.list(),
    increases.requested(clock()),
  ]);
  const book = openBook(saved, granted);
  const present = everybody.filter(({ isRemoved }) => !isRemoved);
  const wanted: Shared[] = [
    { entry: book.fleet(), agentIds: memberIds(everybody, null) },
    ...poolList.map(({ id }) => ({ entry: book.pool(id), agentIds: memberIds(everybody, id) })),
    ...present.map(({ agentId }) => ({ entry: book.agent(agentId), agentIds: [agentId] })),
  ];
  const [fleet, ...others] = await rowsOf(dependencies, wanted, everybody);
  const stopper = stopperFrom(poolList, {
    fleet: found(fleet).budget,
    pools: others.slice(0, poolList.length).map(({ budget }) => budget),
  });
  const agents = present.map(({ name, poolId, pause }, index) => {
    return { ...found(others[poolList.length + index]), name, poolId, pause, stoppedBy: stopper(poolId) };
  });
  return {
    defaults: { ...book.defaults, followers: agents.filter(({ budget }) => budget.followsDefault).length },
    fleet: found(fleet),
    pools: poolList.map(({ id, name }, index) => {
      const agentCount = present.filter(({ poolId }) => poolId === id).length;
      return { ...found(others[index]), id, name, agentCount };
    }),
    agents,
    requests,
  };
}

async function rowsOf({ counter, clock }: Dependencies, wanted: readonly Shared[], members: readonly Member[]) {
  const now = clock();
  const since = new Map(members.map(({ agentId, createdAt }) => [agentId, createdAt]));
  const trends = await counter.trends(wanted.map(toCounted), since, now);
  return wanted.map(({ entry }, index): BudgetRow => {
    const trend = found(trends[index]);
    const budget = toStatus(entry, trend.spend, now);
    return { budget, forecast: toForecast(budget, trend, now) };
  });
}

/** The budgets above an agent, the smaller one first. */
function sharedOf(book: BudgetBook, members: readonly Member[], pool: Pool | null) {
  const fleet = fleetOf(book, members);
  return pool === null ? [fleet] : [poolOf(book, members, pool), fleet];
}

function fleetOf(book: BudgetBook, members: readonly Member[]) {
  return { scope: "fleet" as const, name: "fleet", entry: book.fleet(), agentIds: memberIds(members, null) };
}

function poolOf(book: BudgetBook, members: readonly Member[], { id, name }: Pool) {
  return { scope: "pool" as const, name, entry: book.pool(id), agentIds: memberIds(members, id) };
}

/** Says of a pool's members (null: of agents in none) what above them refuses their calls. `pools`: in their order. */
function stopperFrom(poolList: readonly Pool[], status: { fleet: BudgetStatus; pools: readonly BudgetStatus[] }) {
  const isBlocked = new Map(poolList.map(({ id }, index) => [id, found(status.pools[index]).state === "blocked"]));
  return (poolId: number | null): StoppedBy | null => {
    const pool = poolList.find(({ id }) => id === poolId);
    if (pool !== undefined && isBlocked.get(pool.id) === true) return { scope: "pool", name: pool.name };
    return status.fleet.state === "blocked" ? { scope: "fleet", name: "fleet" } : null;
  };
}

function toCounted({ entry, agentIds }: Shared) {
  return { timeZone: entry.budget.timeZone, agentIds };
}

async function countedIds(members: MemberStore, subject: CountedSubject): Promise<number[]> {
  if (subject.scope === "agent") return [subject.id];
  return memberIds(await members.all(), subject.scope === "pool" ? subject.id : null);
}

/** Who counts towards a pool, or (null) towards the fleet; removed agents do. */
function memberIds(members: readonly Member[], poolId: number | null): number[] {
  return members.filter((member) => poolId === null || member.poolId === poolId).map(({ agentId }) => agentId);
}

/** There is one answer for each question that was asked. */
function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a budget was left out of the sums");
  return value;
}
