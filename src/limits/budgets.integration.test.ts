import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import type { BudgetInput } from "#limits/budget-terms.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let admin: TestPerson;
let agent: AgentRecord;
let number = 0;

beforeAll(async () => {
  portal = await createTestPortal();
  admin = await portal.addPerson("Ada", "admin");
});
beforeEach(async () => {
  number += 1;
  agent = await portal.addAgent(`agent-${number}`);
});
afterAll(() => portal.close());

const subject = () => ({ scope: "agent", id: agent.id, name: agent.name }) as const;

async function set(input: BudgetInput & { version?: number }) {
  const limits = { version: 0, daily: null, monthly: null, actionOnExceed: "warn", ...input } as const;
  await portal.platform.budgetChanges.set(admin.actor, subject(), limits);
  return portal.platform.budgets.status(agent);
}

async function follow(version: number) {
  await portal.platform.budgetChanges.follow(admin.actor, [{ id: agent.id, name: agent.name, version }]);
  return portal.platform.budgets.status(agent);
}

describe("limits", () => {
  it("are the default's before anybody saved any: $10 a day, $100 a month, with warnings", async () => {
    expect(await portal.platform.budgets.status(agent)).toMatchObject({
      state: "ok",
      followsDefault: true,
      actionOnExceed: "warn",
      version: 0,
      updatedAt: null,
      updatedBy: null,
      day: { spent: 0n, limit: 10_000_000_000n, usedPercent: 0, resetsAt: new Date("2026-03-16") },
      month: { limit: 100_000_000_000n, resetsAt: new Date("2026-04-01") },
    });
  });

  it("can be none, by choice", async () => {
    expect(await set({ actionOnExceed: "none" })).toMatchObject({
      state: "none",
      followsDefault: false,
      day: { limit: null, usedPercent: null },
    });
  });

  it("keep what a change leaves out", async () => {
    await set({ daily: "5", warningThresholds: [10, 90], timeZone: "Asia/Kolkata", hardStop: true });
    await portal.platform.budgetChanges.set(admin.actor, subject(), { version: 1, monthly: "70" });
    expect(await portal.platform.budgets.status(agent)).toMatchObject({
      day: { limit: 5_000_000_000n },
      month: { limit: 70_000_000_000n },
      warningThresholds: [10, 90],
      timeZone: "Asia/Kolkata",
      hardStop: true,
    });
  });

  it("are kept to the nano-dollar, with who saved them", async () => {
    const saved = await set({ daily: "10.000000001", monthly: "250", actionOnExceed: "block" });
    expect(saved).toMatchObject({ version: 1, updatedBy: "Ada", actionOnExceed: "block", state: "ok" });
    expect([saved.day.limit, saved.month.limit]).toEqual([10_000_000_001n, 250_000_000_000n]);
    expect(await portal.platform.budgets.status(agent)).toEqual(saved);
  });

  it("of 0 block from the first call on", async () => {
    expect(await set({ daily: "0", actionOnExceed: "block" })).toMatchObject({
      state: "blocked",
      day: { limit: 0n, usedPercent: 100 },
    });
  });

  it.each([
    [79, "ok"],
    [80, "near"],
    [99, "near"],
    [100, "blocked"],
    [170, "blocked"],
  ] as const)("at %i %% are %s", async (percent, state) => {
    await portal.record({ agentId: agent.id, listCost: BigInt(percent) * 10_000_000n });
    expect(await set({ daily: "1", actionOnExceed: "block" })).toMatchObject({
      state,
      day: { usedPercent: percent },
    });
  });

  it("that only warn are reached, not blocked", async () => {
    await portal.record({ agentId: agent.id, listCost: 2_000_000_000n });
    expect((await set({ monthly: "1", actionOnExceed: "warn" })).state).toBe("reached");
  });
});

describe("saving at the same time", () => {
  it("tells the second person who saved what they had not seen", async () => {
    const first = await set({ daily: "5" });
    await set({ version: first.version, daily: "6" });
    await expect(set({ version: first.version, daily: "7" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Ada saved other limits at"),
    });
    expect((await portal.platform.budgets.status(agent)).day.limit).toBe(6_000_000_000n);
  });

  it("lets exactly one of many first savers through", async () => {
    const outcomes = await Promise.allSettled(["1", "2", "3", "4"].map((daily) => set({ daily })));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect((await portal.platform.budgets.status(agent)).version).toBe(1);
  });

  it("does not mistake cleared limits for never saved ones", async () => {
    await set({ daily: "5" });
    expect(await follow(1)).toMatchObject({ followsDefault: true, version: 2, day: { limit: 10_000_000_000n } });
    await expect(set({ version: 0, daily: "7" })).rejects.toMatchObject({ code: "conflict" });
    await expect(set({ version: 1, daily: "7" })).rejects.toMatchObject({ code: "conflict" });
    expect(await set({ version: 2, daily: "7" })).toMatchObject({ version: 3 });
  });

  it("leaves nothing behind when it is refused", async () => {
    await set({ daily: "5" });
    const before = await portal.audit();
    await expect(set({ version: 9, daily: "7" })).rejects.toMatchObject({ code: "conflict" });
    expect(await portal.audit()).toEqual(before);
  });
});

/** What else the audit log says of limits. */
const AUDITED = {
  warningThresholds: [50, 80, 100],
  timeZone: "UTC",
  reservation: "expected",
  hardStop: false,
  pauseOnRunaway: false,
};

describe("a change", () => {
  it("is written down with before and after", async () => {
    await set({ daily: "5", actionOnExceed: "block" });
    await set({ version: 1, daily: null, monthly: "20.5" });
    const entries = (await portal.audit()).filter((entry) => entry.subject === `agent:${agent.name}`);
    expect(entries.at(-1)).toEqual({
      actor_name: "Ada",
      action: "budget.set",
      subject: `agent:${agent.name}`,
      before: { ...AUDITED, dailyLimitUsd: "5", monthlyLimitUsd: null, actionOnExceed: "block" },
      after: { ...AUDITED, dailyLimitUsd: null, monthlyLimitUsd: "20.5", actionOnExceed: "warn" },
    });
  });

  it("has been announced to the gateways when saving returns", async () => {
    const [{ url }] = (await portal.pool.query("SELECT current_database() AS url")).rows;
    const client = new pg.Client({ ...portal.pool.options, database: url });
    await client.connect();
    await client.query("LISTEN gateway_config");
    const heard = new Promise((resolve) => client.once("notification", resolve));
    await set({ daily: "5" });
    expect(await heard).toMatchObject({ channel: "gateway_config", payload: "agent_budgets" });
    await client.end();
  });
});
