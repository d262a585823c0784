import type { ServerResponse } from "node:http";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { STAND_IN_TOKEN } from "#testing/agent-server-stand-in.ts";
import { type ChatAgent, type ChatFixture, createChatFixture, answerJson as json, OLD_ANSWER } from "#testing/chat.ts";
import { PORTAL_URL } from "#testing/portal.ts";

/** As an agent of the newest Trinity answers: raw messages in the log, the simple list beside it, fields of its own. */
const NEW_ANSWER = {
  response: "Done.",
  execution_log: [{ type: "assistant", message: { content: [{ type: "text", text: "Done." }] } }],
  execution_log_simplified: [
    { id: "t1", type: "tool_use", tool: "Bash", input: { command: "ls" }, timestamp: "2026-03-15T12:00:00Z" },
    { id: "t1", type: "tool_result", tool: "Bash", success: true, duration_ms: 12 },
  ],
  metadata: { cost_usd: 0.0123, session_id: "c0ffee00-0000-4000-8000-000000000001", guardrails: "on" },
  session: { message_count: 2, model: "sonnet" },
  timestamp: "2026-03-15T12:00:01Z",
  a_field_of_tomorrow: true,
};
let fixture: ChatFixture;
let agent: ChatAgent;

beforeAll(async () => {
  fixture = await createChatFixture();
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  agent = await fixture.addAgent();
});
afterEach(() => fixture.runtime.answer(json(500, {})));

describe("a message that is answered", () => {
  it("comes back in Trinity's shape, was sent with the agent's own token, and is noted with who asked", async () => {
    const seen: unknown[] = [];
    fixture.runtime.answer(async (request, response) => {
      seen.push(request.url, request.headers["x-trinity-agent-token"], JSON.parse((await request.toArray()).join("")));
      json(200, NEW_ANSWER)(request, response);
    });
    const response = await agent.chat({ body: JSON.stringify({ message: "hello", model: "sonnet", stream: true }) });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      response: "Done.",
      execution_log: NEW_ANSWER.execution_log_simplified,
      metadata: NEW_ANSWER.metadata,
      session: NEW_ANSWER.session,
      timestamp: NEW_ANSWER.timestamp,
      execution: { id: expect.any(String), queue_status: null, was_queued: null },
    });
    expect(seen).toEqual(["/api/chat", STAND_IN_TOKEN, { message: "hello", model: "sonnet", stream: false }]);
    expect(await agent.turns()).toMatchObject([{ askedBy: "Olga", isByApiKey: false, status: 200, errorCode: null }]);
  });

  it.each([
    [true, "queued"],
    [false, "running"],
  ])(
    "says whether it had to wait in the agent's queue, as the agent knows it: %s",
    async (was_queued, queue_status) => {
      const execution = { was_queued, started_at: new Date().toISOString() };
      fixture.runtime.answer(json(200, { ...OLD_ANSWER, execution }));
      expect((await (await agent.chat()).json()).execution).toMatchObject({ was_queued, queue_status });
    },
  );

  it("may come from an agent of the first generation", async () => {
    fixture.runtime.answer(json(200, OLD_ANSWER));
    expect(await (await agent.chat()).json()).toMatchObject({
      response: "Done.",
      execution_log: OLD_ANSWER.execution_log,
    });
  });

  it("may be asked with an API key of scope chat, from anywhere, and with no other", async () => {
    fixture.runtime.answer(json(200, OLD_ANSWER));
    const keyOf = async (scopes: ("chat" | "costs:read")[]) =>
      (await fixture.portal.platform.apiKeys.create(fixture.olga.actor, { name: "bot", scopes })).key;
    expect((await agent.chat({ headers: { authorization: `Bearer ${await keyOf(["chat"])}` } })).status).toBe(200);
    expect((await agent.turns())[0]).toMatchObject({ isByApiKey: true, askedBy: "Olga" });
    const refused = await agent.chat({ headers: { authorization: `Bearer ${await keyOf(["costs:read"])}` } });
    expect([refused.status, await refused.json()]).toEqual([
      403,
      {
        detail: "This API key lacks the scope chat.",
        error: { code: "not_allowed", message: "This API key lacks the scope chat." },
      },
    ]);
  });

  it("is charged by the ledger: the calls that the agent made for it, and no other", async () => {
    expect(await agent.spend()).toBe(200);
    fixture.runtime.answer(async (request, response) => {
      await agent.spend();
      await agent.spend();
      json(200, OLD_ANSWER)(request, response);
    });
    expect((await agent.chat()).status).toBe(200);
    expect(await agent.spend()).toBe(200);
    await expect.poll(agent.turns).toMatchObject([{ listCost: 900_000_000n, calls: 2 }]);
  });

  it("may be asked over tRPC, by the same way in", async () => {
    fixture.runtime.answer(json(200, OLD_ANSWER));
    const caller = createCallerFactory(appRouter)(fixture.olga.context);
    expect(await caller.chat.send({ agentName: agent.name, message: "hello" })).toMatchObject({ response: "Done." });
    await agent.limitTo("0");
    await expect(caller.chat.send({ agentName: agent.name, message: "hello" })).rejects.toMatchObject({
      code: "TOO_MANY_REQUESTS",
      message: expect.stringContaining("has spent $0.00 of the $0.00 it may spend a day"),
      cause: { body: { detail: { code: "budget_exceeded" } } },
    });
  });
});

describe("a message that is refused", () => {
  it("for the budget: 429 with everything a client needs to wait, and the agent hears nothing", async () => {
    let isReached = false;
    fixture.runtime.answer((_request, response) => {
      isReached = true;
      response.end();
    });
    await agent.limitTo("0.10");
    expect(await agent.spend()).toBe(200);
    const response = await agent.chat();
    expect(response.status).toBe(429);
    const body = await response.json();
    const resetsAt = new Date(new Date().setUTCHours(24, 0, 0, 0));
    expect(body).toEqual({
      detail: {
        error: "Daily budget exceeded",
        code: "budget_exceeded",
        agent: agent.name,
        period: "day",
        spent_usd: 0.45,
        limit_usd: 0.1,
        resets_at: resetsAt.toISOString(),
        message: expect.stringContaining(`${agent.name} has spent $0.45 of the $0.10 it may spend a day.`),
      },
      retry_after: expect.any(Number),
    });
    expect(body.retry_after).toBeGreaterThan(0);
    expect(Math.abs(body.retry_after - (resetsAt.getTime() - Date.now()) / 1000)).toBeLessThan(5);
    expect(response.headers.get("retry-after")).toBe(String(body.retry_after));
    expect(isReached).toBe(false);

    await agent.limitTo("10");
    fixture.runtime.answer(json(200, OLD_ANSWER));
    expect((await agent.chat()).status).toBe(200);
  });

  it.each([
    ["as our agents say it", 429, { detail: { code: "budget_exceeded", message: "stopped", agent: "x" } }],
    ["as Trinity's say it", 500, { detail: "Claude Code execution failed: API Error: 402" }],
    [
      "as what looks like an answer",
      200,
      {
        ...OLD_ANSWER,
        response: "API Error: 402 This agent has reached its spending budget and was stopped. An administrator …",
      },
    ],
  ])("in the middle, when the gateway stops the turn: the same 429, %s", async (_how, status, body) => {
    await agent.limitTo("0.10");
    fixture.runtime.answer(async (request, response) => {
      expect([await agent.spend(), await agent.spend()]).toEqual([200, 402]);
      json(status, body)(request, response);
    });
    const response = await agent.chat();
    expect([response.status, await response.json()]).toMatchObject([
      429,
      { detail: { code: "budget_exceeded", period: "day", spent_usd: 0.45, limit_usd: 0.1 } },
    ]);
    expect(await agent.turns()).toMatchObject([{ status: 429, errorCode: "budget_exceeded" }]);
  });

  it("because somebody has paused the agent, before the turn or in the middle of it: 429 without a time, as nobody knows it", async () => {
    const { pool } = fixture.gateway;
    const pause = (at: Date | null) =>
      pool.query("UPDATE agent_ownership SET paused_at = $2 WHERE agent_name = $1", [agent.name, at]);
    const message = `${agent.name} is paused. It can go on as soon as an admin resumes it.`;
    const body = { detail: { error: "Agent paused", code: "paused", agent: agent.name, message }, retry_after: null };
    fixture.runtime.answer(async (request, response) => {
      await pause(new Date());
      await expect.poll(() => agent.spend()).toBe(402);
      json(429, { detail: { code: "budget_exceeded", message: "stopped", agent: "x" } })(request, response);
    });
    const midway = await agent.chat();
    expect([midway.status, await midway.json()]).toEqual([429, body]);
    const ahead = await agent.chat();
    expect([ahead.status, await ahead.json()]).toEqual([429, body]);
    expect(ahead.headers.has("retry-after")).toBe(false);
    expect(await agent.turns()).toMatchObject([{ status: 429, errorCode: "paused" }]);

    await pause(null);
    fixture.runtime.answer(json(200, OLD_ANSWER));
    await expect.poll(async () => (await agent.chat()).status).toBe(200);
  });

  it("because the agent is stopped: 503, before the budget is looked at", async () => {
    await agent.limitTo("0");
    await fixture.portal.platform.fleet.stop(
      fixture.olga.actor,
      await fixture.portal.platform.agents.find(fixture.olga.actor, agent.name),
    );
    const response = await agent.chat();
    expect(response.status).toBe(503);
    const message = `${agent.name} is not running. Start it first.`;
    expect(await response.json()).toEqual({ detail: message, error: { code: "unavailable", message } });
  });

  it.each(["nobodys", "../agent-1", "a\nb", "x".repeat(300), "\u0000"])("for the agent %j: 404", async (name) => {
    const response = await agent.chat({ agent: name });
    expect([response.status, (await response.json()).error.code]).toEqual([404, "not_found"]);
  });

  it("for somebody else's agent: 404, whatever else is wrong", async () => {
    const stan = await fixture.portal.addPerson(`Stan-${agent.name}`);
    const response = await agent.chat({ headers: { cookie: stan.cookie, origin: PORTAL_URL }, body: "{" });
    expect(response.status).toBe(404);
  });

  it("without a session: 401", async () => {
    expect((await agent.chat({ headers: { origin: PORTAL_URL } })).status).toBe(401);
  });

  it.each([
    ["no JSON", "{"],
    ["no message", "{}"],
    ["an empty one", '{"message":" \\n"}'],
    ["no text", '{"message":["x"]}'],
    ["a model that is none", '{"message":"x","model":"a b\\nc"}'],
    ["more than 1 MB", JSON.stringify({ message: "é".repeat(600_000) })],
    ["far more than 1 MB", JSON.stringify({ message: "x".repeat(8_000_000) })],
  ])("when it is %s: 400", async (_what, body) => {
    const response = await agent.chat({ body });
    expect([response.status, (await response.json()).error.code]).toEqual([400, "invalid_input"]);
  });
});

describe("an agent that misbehaves", () => {
  it.each([
    ["hangs", (): void => undefined, 504, "agent_timeout"],
    ["answers garbage", (_: unknown, r: ServerResponse) => r.end("<html>"), 502, "agent_garbled"],
    ["answers nothing", (_: unknown, r: ServerResponse) => r.end(), 502, "agent_garbled"],
    ["answers 10 MB", (_: unknown, r: ServerResponse) => r.end("x".repeat(10_000_000)), 502, "agent_garbled"],
    ["breaks off", (_: unknown, r: ServerResponse) => r.destroy(), 502, "agent_cut_off"],
    ["redirects", json(302, {}, { location: "http://127.0.0.1:1/" }), 502, "agent_failed"],
    ["does not take the token", json(401, { detail: "canary-in-the-environment" }), 502, "agent_token"],
    ["fails", json(500, { detail: "canary-in-the-environment" }), 502, "agent_failed"],
    ["refuses", json(422, { detail: "No such model" }), 422, "agent_refused"],
    [
      "has no such model",
      json(400, { detail: { message: "No", error_code: "model_unsupported" } }),
      400,
      "model_unsupported",
    ],
    ["took too long", json(504, { detail: { code: "time_limit", message: "30 minutes" } }), 504, "time_limit"],
    [
      "finds no gateway",
      json(503, { detail: { code: "gateway_unreachable", message: "No" } }),
      503,
      "gateway_unreachable",
    ],
  ])("%s: %s → its own status and code, once", async (_what, handler, status, code) => {
    let times = 0;
    fixture.runtime.answer((request, response) => {
      times += 1;
      handler(request, response);
    });
    const response = await agent.chat();
    const text = await response.text();
    expect([response.status, JSON.parse(text).error.code, times]).toEqual([status, code, 1]);
    expect(text).not.toContain("canary");
    expect(await agent.turns()).toMatchObject([{ status, errorCode: code }]);
  });

  it("has a full queue: its 429 and the time to wait, at the top", async () => {
    const body = { detail: { error: "Agent queue is full", retry_after: 30, message: "Full" }, retry_after: 30 };
    fixture.runtime.answer(json(429, body, { "retry-after": "30" }));
    const response = await agent.chat();
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "30"]);
    expect(await response.json()).toMatchObject({ detail: "Full", retry_after: 30 });
  });

  it("is gone though it seems to run: 503", async () => {
    const { endpoint } = fixture.runtime;
    fixture.runtime.endpoint = async () => ({ url: "http://127.0.0.1:1", token: null });
    const response = await agent.chat();
    fixture.runtime.endpoint = endpoint;
    expect([response.status, (await response.json()).error.code]).toEqual([503, "agent_unreachable"]);
  });
});
