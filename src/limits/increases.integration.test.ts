import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const TONIGHT = new Date("2026-03-16T00:00:00.000Z");
const DOLLAR = 1_000_000_000n;

let portal: TestPortal;
let admin: TestPerson;
let owner: TestPerson;
let agent: AgentRecord;
let number = 0;

beforeAll(async () => {
  portal = await createTestPortal(NOW);
  admin = await portal.addPerson("Ada", "admin");
  owner = await portal.addPerson("Olga");
});
beforeEach(async () => {
  number += 1;
  portal.time.now = NOW;
  agent = await portal.addAgent(`agent-${number}`, owner);
});
afterAll(() => portal.close());

const MORE = { period: "day", amount: "5", reason: "the release", endsAt: TONIGHT } as const;
const subject = () => ({ scope: "agent", id: agent.id, name: agent.name }) as const;
const limit = async () => (await portal.platform.budgets.status(agent)).day;
const latest = async () => (await portal.platform.increases.latest(subject()))[0];

describe("an increase that an admin gives", () => {
  it("is in force at once, ends by itself, and leaves the saved limit as it is", async () => {
    await portal.platform.increases.grant(admin.actor, subject(), MORE);
    expect(await limit()).toMatchObject({ limit: 15n * DOLLAR, savedLimit: 10n * DOLLAR });
    portal.time.now = TONIGHT;
    expect(await limit()).toMatchObject({ limit: 10n * DOLLAR });
  });

  it("can be ended early, once", async () => {
    await portal.platform.increases.grant(admin.actor, subject(), MORE);
    const { id = 0 } = (await latest()) ?? {};
    await portal.platform.increases.end(admin.actor, id);
    expect(await limit()).toMatchObject({ limit: 10n * DOLLAR });
    await expect(portal.platform.increases.end(admin.actor, id)).rejects.toMatchObject({ code: "conflict" });
    const entries = (await portal.audit()).filter((entry) => entry.subject === `agent:${agent.name}`);
    expect(entries.map(({ action }) => action)).toEqual(["increase.grant", "increase.end"]);
  });

  it("may be of a pool or the fleet", async () => {
    const { budgetChanges, budgets, increases } = portal.platform;
    const { version } = await budgets.standing({ scope: "fleet" });
    await budgetChanges.set(admin.actor, { scope: "fleet" }, { version, daily: "100" });
    await increases.grant(admin.actor, { scope: "fleet" }, MORE);
    expect((await budgets.standing({ scope: "fleet" })).day.limit).toBe(105n * DOLLAR);
  });

  it.each([
    [{ amount: "$5" }, "without a currency"],
    [{ amount: "0" }, "how much more"],
    [{ amount: "1e30" }, "plain number"],
    [{ amount: "-5" }, "negative"],
    [{ reason: "  " }, "Give a reason"],
    [{ endsAt: NOW }, "in the future"],
    [{ endsAt: new Date(Number.NaN) }, "when the increase ends"],
    [{ endsAt: new Date("2028-01-01") }, "within a year"],
  ])("is refused for %j, with words that help", async (change, words) => {
    await expect(portal.platform.increases.grant(admin.actor, subject(), { ...MORE, ...change })).rejects.toMatchObject(
      {
        code: "invalid_input",
        message: expect.stringContaining(words),
      },
    );
  });

  it("needs a limit that can be raised", async () => {
    await portal.platform.budgetChanges.set(admin.actor, subject(), { version: 0, daily: null });
    await expect(portal.platform.increases.grant(admin.actor, subject(), MORE)).rejects.toMatchObject({
      message: "There is no daily limit that could be raised.",
    });
  });
});

describe("an increase that an owner asks for", () => {
  const ask = () => portal.platform.increases.request(owner.actor, agent, MORE);

  it("changes nothing by itself, and raises an alert that says where the limit stands", async () => {
    await portal.record({ agentId: agent.id, listCost: 9n * DOLLAR });
    await ask();
    expect(await limit()).toMatchObject({ limit: 10n * DOLLAR });
    const text =
      "SELECT kind, budget, period, period_start, limit_nano_usd, spent_nano_usd, dispatched_at, increase_id FROM alerts WHERE agent_id = $1";
    const { rows } = await portal.pool.query(text, [agent.id]);
    expect(rows).toEqual([
      {
        kind: "request",
        budget: `agent:${agent.id}`,
        period: "day",
        period_start: new Date("2026-03-15"),
        limit_nano_usd: 10n * DOLLAR,
        spent_nano_usd: 9n * DOLLAR,
        dispatched_at: null,
        increase_id: (await latest())?.id,
      },
    ]);
  });

  it("waits alone: a second request for the same limit is refused until the first is answered", async () => {
    await ask();
    await expect(ask()).rejects.toMatchObject({ code: "conflict" });
    await portal.platform.increases.request(owner.actor, agent, { ...MORE, period: "month" });
    await portal.platform.increases.decide(admin.actor, (await latest())?.id ?? 0, "declined");
    await portal.platform.increases.request(owner.actor, agent, { ...MORE, period: "month" });
  });

  it("is in force from when an admin grants it", async () => {
    await ask();
    portal.time.now = new Date("2026-03-15T15:00:00.000Z");
    await portal.platform.increases.decide(admin.actor, (await latest())?.id ?? 0, "granted");
    expect(await limit()).toMatchObject({ limit: 15n * DOLLAR });
    expect(await latest()).toMatchObject({
      state: "granted",
      requestedBy: "Olga",
      decidedBy: "Ada",
      startsAt: portal.time.now,
    });
  });

  it("is answered once, and says by whom", async () => {
    await ask();
    const { id = 0 } = (await latest()) ?? {};
    const answers = await Promise.allSettled(
      (["granted", "declined"] as const).map((verdict) => portal.platform.increases.decide(admin.actor, id, verdict)),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(portal.platform.increases.decide(admin.actor, id, "granted")).rejects.toMatchObject({
      code: "conflict",
      message: "Ada has answered this request already.",
    });
  });

  it("runs out unanswered at the end that it asks for", async () => {
    await ask();
    portal.time.now = TONIGHT;
    await expect(
      portal.platform.increases.decide(admin.actor, (await latest())?.id ?? 0, "granted"),
    ).rejects.toMatchObject({ code: "conflict", message: "This request has run out." });
  });
});

describe("a pause by hand", () => {
  it("says who and why, and is written down with its end", async () => {
    const { pauses, budgets } = portal.platform;
    await pauses.pause(admin.actor, agent, " it loops ");
    expect((await budgets.of(agent)).pause).toEqual({ at: NOW, by: "Ada", reason: "it loops" });
    await expect(pauses.pause(admin.actor, agent, "again")).rejects.toMatchObject({
      code: "conflict",
      message: "Ada has paused it already.",
    });
    await pauses.resume(admin.actor, agent);
    expect((await pauses.of([agent.id])).size).toBe(0);
    await expect(pauses.resume(admin.actor, agent)).rejects.toMatchObject({ code: "conflict" });
    await expect(pauses.pause(admin.actor, agent, " ")).rejects.toMatchObject({ code: "invalid_input" });
    const entries = (await portal.audit()).filter((entry) => entry.subject === `agent:${agent.name}`);
    expect(entries).toMatchObject([
      { action: "agent.pause", before: { paused: false }, after: { paused: true, reason: "it loops" } },
      { action: "agent.resume", before: { paused: true, reason: "it loops" }, after: { paused: false } },
    ]);
  });
});
