import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import type { BudgetSubject } from "#limits/budget-subject.ts";
import type { BudgetInput } from "#limits/budget-terms.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const DOLLAR = 1_000_000_000n;
const at = (text: string) => new Date(`2026-03-${text}:00Z`);

let portal: TestPortal;
let admin: TestPerson;

beforeAll(async () => {
  portal = await createTestPortal(NOW);
  admin = await portal.addPerson("Ada", "admin");
});
beforeEach(async () => {
  portal.time.now = NOW;
  await portal.pool.query("DELETE FROM agent_budgets WHERE scope <> 'default'");
  await portal.pool.query(
    "TRUNCATE llm_requests, usage_quarter_hours, usage_days, agent_durations, alerts, budget_increases, audit_log CASCADE",
  );
  await portal.pool.query("DELETE FROM agent_ownership");
  await portal.pool.query("DELETE FROM budget_pools");
});
afterAll(() => portal.close());

const set = (subject: BudgetSubject, version: number, input: BudgetInput) =>
  portal.platform.budgetChanges.set(admin.actor, subject, { version, ...input });
const agentSubject = ({ id, name }: AgentRecord): BudgetSubject => ({ scope: "agent", id, name });
const spend = (agent: AgentRecord, admittedAt: Date, dollars: bigint) =>
  portal.record({ agentId: agent.id, admittedAt, listCost: dollars * DOLLAR });

async function pool(name: string, ...members: AgentRecord[]) {
  const { platform } = portal;
  const { id } = await platform.pools.create(admin.actor, name);
  if (members.length > 0) await move(members, id);
  return { scope: "pool" as const, id, name };
}

const move = (agents: readonly AgentRecord[], poolId: number | null, seenPoolId: number | null = null) =>
  portal.platform.pools.move(
    admin.actor,
    agents.map((agent) => ({ agentId: agent.id, agentName: agent.name, seenPoolId })),
    poolId,
  );

describe("a budget's spend", () => {
  it.each([
    // 12:00 UTC is 17:30 in Kolkata: its day began at 18:30 UTC the day before.
    ["Asia/Kolkata", "14T18:15", "14T18:30", "2026-03-15T18:30:00.000Z"],
    // New York changed its clocks a week ago: its day began at 04:00 UTC.
    ["America/New_York", "15T03:45", "15T04:00", "2026-03-16T04:00:00.000Z"],
    ["UTC", "14T23:45", "15T00:00", "2026-03-16T00:00:00.000Z"],
  ])("is that of the day in %s", async (timeZone, before, from, resetsAt) => {
    const agent = await portal.addAgent("builder");
    await spend(agent, at(before), 1n);
    await spend(agent, at(from), 2n);
    await spend(agent, at("15T11:00"), 4n);
    await set(agentSubject(agent), 0, { daily: "10", monthly: "100", timeZone });
    expect(await portal.platform.budgets.status(agent)).toMatchObject({
      day: { spent: 6n * DOLLAR, resetsAt: new Date(resetsAt) },
      month: { spent: 7n * DOLLAR },
    });
  });

  it("has a day of 23 hours where clocks go forward", async () => {
    portal.time.now = new Date("2026-03-08T20:00:00.000Z");
    const agent = await portal.addAgent("builder");
    await spend(agent, at("08T04:45"), 1n);
    await spend(agent, at("08T05:00"), 2n);
    await spend(agent, at("08T19:00"), 4n);
    await set(agentSubject(agent), 0, { daily: "10", timeZone: "America/New_York" });
    expect((await portal.platform.budgets.status(agent)).day).toMatchObject({
      spent: 6n * DOLLAR,
      resetsAt: new Date("2026-03-09T04:00:00.000Z"),
    });
  });

  it("of a pool is its members', removed ones included; who moves takes the current period along", async () => {
    const [one, two, three] = [
      await portal.addAgent("one"),
      await portal.addAgent("two"),
      await portal.addAgent("three"),
    ];
    await spend(one, at("15T10:00"), 1n);
    await spend(two, at("15T10:00"), 2n);
    await spend(three, at("15T10:00"), 4n);
    const research = await pool("Research", one, two);
    await set(research, 0, { daily: "10" });
    const spent = async () => (await portal.platform.budgets.standing(research)).day.spent;

    expect(await spent()).toBe(3n * DOLLAR);
    await portal.platform.agents.remove(admin.actor, two);
    expect(await spent()).toBe(3n * DOLLAR);
    await move([three], research.id);
    expect(await spent()).toBe(7n * DOLLAR);
    await move([three], null, research.id);
    expect(await spent()).toBe(3n * DOLLAR);
  });

  it("of the fleet is everybody's, removed agents included", async () => {
    const [one, two] = [await portal.addAgent("one"), await portal.addAgent("two")];
    await spend(one, at("15T10:00"), 1n);
    await spend(two, at("15T10:00"), 2n);
    await portal.platform.agents.remove(admin.actor, two);
    expect((await portal.platform.budgets.standing({ scope: "fleet" })).day.spent).toBe(3n * DOLLAR);
  });
});

describe("the limits of everybody", () => {
  it("are shown together, with whom each holds for", async () => {
    const [one, two] = [await portal.addAgent("one"), await portal.addAgent("two")];
    const research = await pool("Research", one);
    await set(research, 0, { daily: "3", actionOnExceed: "block" });
    await set({ scope: "fleet" }, 0, { monthly: "900", actionOnExceed: "warn" });
    await set(agentSubject(two), 0, { daily: "1", actionOnExceed: "block" });
    await spend(two, at("15T10:00"), 1n);

    const overview = await portal.platform.budgets.overview();
    expect(overview.defaults).toMatchObject({ followers: 1, terms: { limits: { day: 10n * DOLLAR } } });
    expect(overview.fleet.budget).toMatchObject({ state: "ok", month: { spent: DOLLAR, limit: 900n * DOLLAR } });
    expect(overview.pools).toMatchObject([{ name: "Research", agentCount: 1, budget: { state: "ok" } }]);
    expect(overview.agents).toMatchObject([
      { name: "one", poolId: research.id, budget: { followsDefault: true, day: { limit: 10n * DOLLAR } } },
      { name: "two", poolId: null, budget: { followsDefault: false, state: "blocked" } },
    ]);
  });

  it("follow the default where they are not an agent's own", async () => {
    const [one, two] = [await portal.addAgent("one"), await portal.addAgent("two")];
    await set(agentSubject(two), 0, { daily: "1" });
    const { version } = (await portal.platform.budgets.overview()).defaults.save;
    await set({ scope: "default" }, version, { daily: "20" });
    expect((await portal.platform.budgets.status(one)).day.limit).toBe(20n * DOLLAR);
    expect((await portal.platform.budgets.status(two)).day.limit).toBe(DOLLAR);
    await set({ scope: "default" }, version + 1, { daily: "10" });
  });

  it("are there in a moment for a thousand agents in a hundred pools", async () => {
    await portal.pool.query(
      `INSERT INTO budget_pools (name, created_by) SELECT 'pool ' || n, 'Ada' FROM generate_series(1, 100) AS n`,
    );
    await portal.pool.query(
      `INSERT INTO agent_ownership (agent_name, key_hash, key_hint, pool_id)
       SELECT 'agent-' || n, sha256(n::text::bytea), 'hint', (SELECT min(id) FROM budget_pools) + n % 100
       FROM generate_series(1, 1000) AS n`,
    );
    await portal.pool.query(
      `INSERT INTO usage_days (agent_id, day_start, requests, failed, refused, cost_nano_usd, last_seen_at)
       SELECT id, day, 1, 0, 0, 1000, day FROM agent_ownership, generate_series(timestamptz '2026-02-01Z', '2026-03-15Z', '1 day') AS day`,
    );
    const startedAt = performance.now();
    const overview = await portal.platform.budgets.overview();
    const tookMs = performance.now() - startedAt;
    expect([overview.agents.length, overview.pools.length]).toEqual([1_000, 100]);
    expect(overview.fleet.budget.month.spent).toBe(15_000_000n);
    expect(tookMs).toBeLessThan(3_000);
  });
});

describe("changes", () => {
  it("of a pool that has been removed, or of an agent, are refused", async () => {
    const agent = await portal.addAgent("one");
    const research = await pool("Research", agent);
    await portal.platform.pools.remove(admin.actor, research.id);
    await portal.platform.agents.remove(admin.actor, agent);
    await expect(set(research, 0, { daily: "1" })).rejects.toMatchObject({ code: "not_found" });
    await expect(set(agentSubject(agent), 0, { daily: "1" })).rejects.toMatchObject({
      code: "not_found",
      message: "One has been removed meanwhile.",
    });
    await expect(move([agent], null, research.id)).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([{ scope: "fleet" }, { scope: "default" }] as const)(
    "of the $scope tell the second of two people who saved what",
    async (subject) => {
      const { defaults, fleet } = await portal.platform.budgets.overview();
      const version = subject.scope === "fleet" ? fleet.budget.version : defaults.save.version;
      await set(subject, version, { daily: "10" });
      await expect(set(subject, version, { daily: "6" })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("Ada saved other limits at"),
      });
    },
  );

  it("of several agents are made for all or for none, and say whose were changed meanwhile", async () => {
    const agents = [await portal.addAgent("one"), await portal.addAgent("two"), await portal.addAgent("three")];
    await set({ scope: "agent", id: agents[0]?.id ?? 0, name: "one" }, 0, { daily: "2", timeZone: "Asia/Kolkata" });
    const chosen = (versions: number[]) =>
      agents.map(({ id, name }, index) => ({ id, name, version: versions[index] ?? 0 }));
    const { budgetChanges, budgets } = portal.platform;

    await expect(budgetChanges.setMany(admin.actor, chosen([0, 0, 7]), { monthly: "50" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("one, three"),
    });
    expect((await budgets.overview()).agents.map(({ budget }) => budget.version)).toEqual([1, 0, 0]);

    await budgetChanges.setMany(admin.actor, chosen([1, 0, 0]), { monthly: "50", actionOnExceed: "block" });
    const saved = (await budgets.overview()).agents.toSorted((a, b) => a.name.localeCompare(b.name));
    expect(saved.map(({ name, budget }) => [name, budget.day.limit, budget.month.limit, budget.timeZone])).toEqual([
      ["one", 2n * DOLLAR, 50n * DOLLAR, "Asia/Kolkata"],
      ["three", 10n * DOLLAR, 50n * DOLLAR, "UTC"],
      ["two", 10n * DOLLAR, 50n * DOLLAR, "UTC"],
    ]);
    await budgetChanges.follow(admin.actor, chosen([2, 1, 1]));
    expect((await budgets.overview()).agents.every(({ budget }) => budget.followsDefault)).toBe(true);
    expect((await portal.audit()).at(-1)).toMatchObject({ action: "budget.set", after: { followsDefault: true } });
  });
});

describe("pools", () => {
  it("have names of their own, that nobody changes unseen", async () => {
    const { pools } = portal.platform;
    const { id } = await pools.create(admin.actor, " Research ");
    await expect(pools.create(admin.actor, "research")).rejects.toMatchObject({ code: "conflict" });
    await pools.rename(admin.actor, id, { seenName: "Research", name: "Science" });
    await expect(pools.rename(admin.actor, id, { seenName: "Research", name: "Art" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(pools.create(admin.actor, "  ")).rejects.toMatchObject({ code: "invalid_input" });
    expect((await portal.audit()).map(({ action, subject }) => [action, subject])).toEqual([
      ["pool.create", "pool:Research"],
      ["pool.rename", "pool:Science"],
    ]);
  });

  it("leave their agents behind when they are removed, and their name is free again", async () => {
    const agent = await portal.addAgent("one");
    const research = await pool("Research", agent);
    await set(research, 0, { daily: "3" });
    await portal.platform.pools.remove(admin.actor, research.id);
    await expect(portal.platform.pools.remove(admin.actor, research.id)).rejects.toMatchObject({ code: "not_found" });
    expect(await portal.platform.budgets.overview()).toMatchObject({ pools: [], agents: [{ poolId: null }] });
    await pool("Research", agent);
    expect((await portal.platform.budgets.overview()).pools).toMatchObject([{ budget: { state: "none", version: 0 } }]);
  });
});

describe("forecasts and what-ifs", () => {
  it("follow the agent's own recent slope, and are unknown before its first call", async () => {
    const [busy, quiet] = [await portal.addAgent("busy"), await portal.addAgent("quiet")];
    await portal.pool.query("UPDATE agent_ownership SET created_at = '2026-01-01'");
    await spend(busy, at("15T10:30"), 1n);
    await spend(busy, at("15T11:30"), 1n);
    const { forecast } = await portal.platform.budgets.of(busy);
    // $2 in two hours: twelve more dollars in the twelve hours that are left, and the limit of $10 in eight.
    expect(forecast.day).toEqual({ endsAt: 14n * DOLLAR, reachesLimitAt: at("15T20:00") });
    expect(forecast.month?.reachesLimitAt).not.toBeUndefined();
    expect((await portal.platform.budgets.of(quiet)).forecast).toEqual({ day: null, month: null });
  });

  it("look at whole days of the zone, from the first call on", async () => {
    const agent = await portal.addAgent("builder");
    await spend(agent, at("11T20:00"), 3n);
    await spend(agent, at("13T20:00"), 5n);
    await spend(agent, at("15T11:00"), 7n);
    const subject = { scope: "agent", id: agent.id, name: agent.name } as const;
    const history = await portal.platform.budgets.history(subject, "Asia/Kolkata");
    expect(history.map(({ dayStart, spent }) => [dayStart.toISOString().slice(5, 16), spent / DOLLAR])).toEqual([
      ["03-10T18:30", 0n],
      ["03-11T18:30", 3n],
      ["03-12T18:30", 0n],
      ["03-13T18:30", 5n],
    ]);
    await expect(portal.platform.budgets.history(subject, "Mars/Olympus")).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});
