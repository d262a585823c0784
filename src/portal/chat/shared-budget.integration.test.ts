import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import {
  type ChatAgent,
  type ChatFixture,
  createChatFixture,
  answerJson as json,
  OLD_ANSWER,
  streamHeaders,
} from "#testing/chat.ts";
import { PORTAL_URL } from "#testing/portal.ts";

let fixture: ChatFixture;
let agent: ChatAgent;

beforeAll(async () => {
  fixture = await createChatFixture();
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  agent = await fixture.addAgent();
});

/** Puts the agent under a pool's budget or the fleet's. */
async function shareBudget(scope: "pool" | "fleet", agentId: number) {
  const { platform } = fixture.portal;
  const { actor } = fixture.ada;
  const name = `Research ${agentId}`;
  const pool = scope === "pool" ? await platform.pools.create(actor, name) : null;
  if (pool !== null) await platform.pools.move(actor, [{ agentId, agentName: agent.name, seenPoolId: null }], pool.id);
  const subject = pool === null ? ({ scope: "fleet" } as const) : ({ scope: "pool", id: pool.id, name } as const);
  return {
    async limitTo(daily: string | null) {
      const { version } = await platform.budgets.standing(subject);
      await platform.budgetChanges.set(actor, subject, { version, daily, monthly: null, actionOnExceed: "block" });
    },
  };
}

describe("a message that meets the spent budget", () => {
  it.each([
    ["pool", "is stopped by the budget of the pool “Research", "spend", 0.45],
    ["fleet", "is stopped by the budget of the whole fleet, which is used up for this day", "zero", 0],
  ] as const)("of its %s is told as such, with amounts for admins only", async (scope, words, how, limit) => {
    const { platform } = fixture.portal;
    const { id } = await platform.agents.find(fixture.ada.actor, agent.name);
    const shared = await shareBudget(scope, id);
    if (how === "spend") expect(await agent.spend()).toBe(200);
    await shared.limitTo(String(limit));
    await expect.poll(async () => (await agent.chat()).status).toBe(429);

    const plain = await (await agent.chat()).json();
    expect(plain.detail).toMatchObject({ code: "budget_exceeded", budget: scope, spent_usd: null, limit_usd: null });
    expect(plain.detail.message).toContain(`${agent.name} ${words}`);
    expect(JSON.stringify(plain)).not.toMatch(/\$|0\.45/);
    const streamed = await agent.chat({ headers: streamHeaders(fixture.olga) });
    expect((await streamed.json()).detail).toMatchObject({ spent_usd: null, limit_usd: null });
    const caller = createCallerFactory(appRouter)(fixture.olga.context);
    await expect(caller.chat.send({ agentName: agent.name, message: "hello" })).rejects.toMatchObject({
      message: expect.not.stringContaining("$"),
      cause: { body: { detail: { spent_usd: null, limit_usd: null } } },
    });

    const seen = await agent.chat({ headers: { cookie: fixture.ada.cookie, origin: PORTAL_URL } });
    const { detail } = await seen.json();
    expect(detail).toMatchObject({ budget: scope, spent_usd: expect.any(Number), limit_usd: limit });
    expect(detail.message).toContain(`of the $${limit.toFixed(2)} they may spend together`);
    await shared.limitTo(null);
    fixture.runtime.answer(json(200, OLD_ANSWER));
    await expect.poll(async () => (await agent.chat()).status).toBe(200);
  });
});
