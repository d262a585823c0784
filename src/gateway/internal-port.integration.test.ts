import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createInternalServer } from "#gateway/internal-port.ts";
import { createLiveAdmission } from "#limits/admission.ts";
import { createPeekAdmission } from "#limits/admission-peek.ts";
import { SYSTEM_CLOCK } from "#limits/turns.ts";
import { createLog } from "#log.ts";
import { INTERNAL_TOKEN, startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";

describe("GET /internal/admission", () => {
  let gateway: TestGateway;
  const peekOf = (agent: TestAgent) =>
    createPeekAdmission({ url: gateway.internalUrl, token: INTERNAL_TOKEN })(agent.id);
  /** One call of 100,000 tokens in and 10,000 out, which is $0.45. */
  const call = ({ key }: TestAgent) =>
    fetch(`${gateway.url}/v1/messages`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "x-script": JSON.stringify({ usage: { input_tokens: 100_000, output_tokens: 10_000 } }),
      },
      body: JSON.stringify({
        model: "claude-sonnet-4-5",
        max_tokens: 64,
        messages: [{ role: "user", content: "hi" }],
      }),
    }).then(async (response) => {
      await response.arrayBuffer();
      return response.status;
    });

  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  it("says what the next call would hear, with what was spent, the limit and its end, and reserves nothing", async () => {
    const agent = await gateway.addAgent("limited", { day: 500_000_000n, action: "block" });
    expect(await peekOf(agent)).toEqual({
      verdict: { outcome: "admitted" },
      rate: { requestsUsed: 0, requestsLimit: null, tokensUsed: 0, tokensLimit: null, resetsAt: null },
      lastRefusedAt: null,
      tightest: {
        budget: `agent:${agent.id}`,
        period: "day",
        spent: 0n,
        limit: 500_000_000n,
        reserved: 0n,
        resetsAt: new Date(new Date().setUTCHours(24, 0, 0, 0)),
      },
      waiting: 0,
    });
    expect(await call(agent)).toBe(200);
    expect((await peekOf(agent)).verdict).toMatchObject({
      outcome: "warned",
      period: "day",
      spent: 450_000_000n,
      limit: 500_000_000n,
    });
    expect(await call(agent)).toBe(200);
    const { verdict, lastRefusedAt } = await peekOf(agent);
    expect(verdict).toMatchObject({ outcome: "refused", reason: "budget", period: "day", spent: 900_000_000n });
    expect(lastRefusedAt).toBeNull();
    expect(await call(agent)).toBe(402);
    expect((await peekOf(agent)).lastRefusedAt?.getTime()).toBeGreaterThan(Date.now() - 10_000);
    expect(await gateway.ledger(agent, 3)).toHaveLength(3);
  });

  it("says when the limit ends: the next UTC midnight", async () => {
    const agent = await gateway.addAgent("stopped", { day: 0n, action: "block" });
    const { verdict } = await peekOf(agent);
    const midnight = new Date(new Date().setUTCHours(24, 0, 0, 0));
    expect(verdict).toMatchObject({ outcome: "refused", spent: 0n, limit: 0n, resetsAt: midnight });
  });

  it("knows no agent that was never made", async () => {
    await expect(peekOf({ id: 999_999, name: "x", key: "x" })).rejects.toThrow(/does not know this agent yet/);
  });

  it("answers nobody without the token, and is not on the agents' port", async () => {
    for (const authorization of ["", "Bearer ", "Bearer wrong", `Basic ${INTERNAL_TOKEN}`]) {
      const response = await fetch(`${gateway.internalUrl}/internal/admission?agentId=1`, {
        headers: { authorization },
      });
      expect(response.status).toBe(401);
    }
    const headers = { authorization: `Bearer ${INTERNAL_TOKEN}` };
    expect((await fetch(`${gateway.url}/internal/admission?agentId=1`, { headers })).status).toBe(404);
    expect((await fetch(`${gateway.internalUrl}/v1/messages`, { method: "POST", headers })).status).toBe(404);
  });

  it.each(["", "0", "-1", "1.5", "99999999999", "1 OR 1=1", "x"])("answers 400 for the agent %j", async (id) => {
    const response = await fetch(`${gateway.internalUrl}/internal/admission?agentId=${encodeURIComponent(id)}`, {
      headers: { authorization: `Bearer ${INTERNAL_TOKEN}` },
    });
    expect(response.status).toBe(400);
  });

  it("tells the portal that it is unavailable when nothing listens there", async () => {
    const peek = createPeekAdmission({ url: "http://127.0.0.1:1", token: INTERNAL_TOKEN });
    await expect(peek(1)).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("POST /internal/dispatch", () => {
  let agent: Server;
  let internal: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let left: Promise<void>;

  beforeEach(async () => {
    agent = createServer((request, response) => {
      left = new Promise((resolve) => response.once("close", () => resolve()));
      answer(request, response);
    });
    await new Promise<void>((resolve) => agent.listen(0, "127.0.0.1", resolve));
    internal = createInternalServer({
      metrics: null,
      log: createLog("test", "silent"),
      admission: createLiveAdmission([], SYSTEM_CLOCK),
      token: INTERNAL_TOKEN,
      agentById: () => undefined,
      mayBeAgentAt: (address) => address === "127.0.0.1",
    });
    await new Promise<void>((resolve) => internal.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(internal.address() as AddressInfo).port}/internal/dispatch`;
  });
  afterEach(() => {
    for (const server of [agent, internal]) {
      server.closeAllConnections();
      server.close();
    }
  });

  const dispatch = (overrides: Record<string, unknown> = {}, signal?: AbortSignal) =>
    fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${INTERNAL_TOKEN}` },
      body: JSON.stringify({
        host: "agent-builder",
        address: "127.0.0.1",
        port: (agent.address() as AddressInfo).port,
        token: "the-agents-own-token",
        isStreamed: false,
        timeoutMs: 2_000,
        body: { message: "hello", model: null },
        ...overrides,
      }),
      ...(signal === undefined ? {} : { signal }),
    });

  it("hands message and token on, and the answer back, unchanged", async () => {
    const seen: unknown[] = [];
    answer = async (request, response) => {
      seen.push(
        request.url,
        request.headers.host?.split(":")[0],
        request.headers["x-trinity-agent-token"],
        JSON.parse((await request.toArray()).join("")),
      );
      response.writeHead(418, { "content-type": "text/plain", "retry-after": "7", "set-cookie": "a=b" }).end("teapot");
    };
    const response = await dispatch();
    expect([response.status, await response.text()]).toEqual([418, "teapot"]);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(seen).toEqual([
      "/api/chat",
      "agent-builder",
      "the-agents-own-token",
      { message: "hello", model: null, stream: false },
    ]);
  });

  it("passes a stream on piece by piece", async () => {
    let next: () => void = () => undefined;
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: one\n\n");
      next = () => response.end("data: two\n\n");
    };
    const reader = (await dispatch({ isStreamed: true })).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("data: one\n\n");
    next();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("data: two\n\n");
  });

  it("hands on a message of 1 MB", async () => {
    let bytes = 0;
    answer = async (request, response) => {
      bytes = JSON.parse(Buffer.concat(await request.toArray()).toString()).message.length;
      response.end("{}");
    };
    const message = "é".repeat(1024 * 512);
    expect((await dispatch({ body: { message, model: null } })).status).toBe(200);
    expect(bytes).toBe(message.length);
  });

  it("follows no redirect", async () => {
    answer = (_request, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    expect((await dispatch()).status).toBe(302);
  });

  it("leaves the agent when the portal leaves", async () => {
    const leaving = new AbortController();
    const arrived = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const response = dispatch({}, leaving.signal);
    await arrived;
    leaving.abort();
    await expect(response).rejects.toThrow();
    await left;
  });

  it.each([
    ["unreachable", { port: 1 }],
    ["timeout", { timeoutMs: 1_000 }],
  ])("names the failure: %s", async (reason, overrides) => {
    answer = () => undefined;
    const response = await dispatch(overrides);
    expect([response.status, response.headers.get("x-dispatch-failure")]).toEqual([502, reason]);
  });

  it.each([
    "localhost",
    "127.0.0.1",
    "postgres",
    "agent-",
    "agent-x..",
    "agent-x/../",
    "agent-x:80",
    "agent-x@evil",
    "AGENT-x",
    "agent-x\n",
    `agent-${"x".repeat(300)}`,
  ])("goes nowhere but to agents: not to %j", async (host) => {
    answer = (_request, response) => response.end("reached");
    expect((await dispatch({ host })).status).toBe(400);
  });
});
