import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
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
const rates = () => portal.platform.rateLimits;
const set = (version: number, requestsPerMinute: number | null, tokensPerMinute: number | null = null) =>
  rates().set(admin.actor, subject(), { version, requestsPerMinute, tokensPerMinute });

describe("rate limits", () => {
  it("are none before anybody set any, and what counts now is unknown without a gateway", async () => {
    expect(await rates().status(agent)).toEqual({
      settings: {
        requestsPerMinute: null,
        tokensPerMinute: null,
        followsDefault: true,
        version: 0,
        updatedAt: null,
        updatedBy: null,
      },
      defaults: { requestsPerMinute: null, tokensPerMinute: null },
      live: null,
      liveProblem: expect.stringContaining("gateway cannot be asked"),
      refusedLastHour: 0,
    });
  });

  it("are an agent's own, the default's, or by choice none", async () => {
    const { version } = await rates().defaults();
    await rates().set(admin.actor, { scope: "default" }, { version, requestsPerMinute: 60, tokensPerMinute: 100_000 });
    expect((await rates().status(agent)).settings).toMatchObject({ requestsPerMinute: 60, followsDefault: true });
    await set(0, 5);
    expect((await rates().status(agent)).settings).toMatchObject({
      requestsPerMinute: 5,
      tokensPerMinute: null,
      followsDefault: false,
      updatedBy: "Ada",
    });
    await set(1, null);
    expect((await rates().status(agent)).settings).toMatchObject({ requestsPerMinute: null, followsDefault: false });
    await rates().clear(admin.actor, agent, 2);
    expect((await rates().status(agent)).settings).toMatchObject({ tokensPerMinute: 100_000, followsDefault: true });
  });

  it("tell the second of two people who saved what they had not seen", async () => {
    await set(0, 5);
    await expect(set(0, 6)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Ada saved other rates at"),
    });
    await rates().clear(admin.actor, agent, 1);
    await expect(set(1, 7)).rejects.toMatchObject({ code: "conflict" });
    await set(2, 7);
  });

  it.each([
    [0, null, "pause it"],
    [-1, null, "negative"],
    [1.5, null, "whole number"],
    [Number.NaN, null, "whole number"],
    [null, 1e30, "At most"],
  ])("of %s requests and %s tokens are refused with words that help", async (requests, tokens, words) => {
    await expect(set(0, requests, tokens)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(words),
    });
  });

  it("of an agent that was removed cannot be set", async () => {
    await portal.platform.agents.remove(admin.actor, agent);
    await expect(set(0, 5)).rejects.toMatchObject({ code: "not_found" });
  });

  it("are written down with before and after", async () => {
    await set(0, 5);
    await set(1, 6, 1_000);
    const entries = (await portal.audit()).filter((entry) => entry.subject === `agent:${agent.name}`);
    expect(entries.at(-1)).toMatchObject({
      action: "rate_limits.set",
      before: { requestsPerMinute: 5, tokensPerMinute: null },
      after: { requestsPerMinute: 6, tokensPerMinute: 1_000 },
    });
  });

  it("count what was refused for them in the last hour, and nothing else", async () => {
    const ago = (minutes: number) => new Date(portal.time.now.getTime() - minutes * 60_000);
    const refused = { agentId: agent.id, outcome: "refused", status: 429 } as const;
    await portal.record(
      { ...refused, errorType: "rate_limit_error", admittedAt: ago(1) },
      { ...refused, errorType: "rate_limit_error", admittedAt: ago(59) },
      { ...refused, errorType: "rate_limit_error", admittedAt: ago(61) },
      { ...refused, errorType: "billing_error", status: 402, admittedAt: ago(2) },
    );
    expect((await rates().status(agent)).refusedLastHour).toBe(2);
  });
});
