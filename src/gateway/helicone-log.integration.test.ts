import { access, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { ask } from "#testing/ask.ts";
import { startTestGateway, type TestAgent } from "#testing/gateway.ts";
import { type LoggingGateway, startLoggingGateway } from "#testing/logging-gateway.ts";
import type { Script } from "../../e2e/anthropic/script.ts";

const SECRET = `ghp_${"a1B2c3".repeat(6)}`;
const SCRIPT: Script = {
  text: `The token is ${SECRET}, as you said.`,
  usage: { input_tokens: 1_000, output_tokens: 100 },
};
const BODY = { model: "claude-sonnet-4-20250514", messages: [{ role: "user", content: `Keep ${SECRET} to yourself` }] };

let logging: LoggingGateway;
let agents = 0;
beforeAll(async () => {
  logging = await startLoggingGateway();
}, 60_000);
afterAll(() => logging.stop());
afterEach(() => expect(logging.helicone.violations()).toEqual([]));

async function newAgent(): Promise<TestAgent> {
  agents += 1;
  return logging.gateway.addAgent(`agent-${agents}`);
}

/** Makes a call and gives its id, once Helicone has been told of it. */
async function call(agent: TestAgent, script: Script = SCRIPT, fields: Record<string, unknown> = {}): Promise<string> {
  const asked = { key: agent.key, script, body: { ...BODY, ...fields } };
  const before = (await logging.gateway.ledger(agent, 0)).length;
  await ask(logging.gateway.url, asked).catch(() => undefined); // it may be cut
  const id = (await logging.gateway.ledger(agent, before + 1)).at(-1)?.id ?? "";
  expect(await logging.delivered()).toBe(0);
  return id;
}

describe("a call in log mode", () => {
  it("is in Helicone under our id, with its agent, its tokens, its cost and its times, and without a word of it", async () => {
    const agent = await newAgent();
    await logging.gateway.pool.query("UPDATE agent_ownership SET type = 'reviewer' WHERE id = $1", [agent.id]);
    const headers = { "x-claude-code-session-id": "session-1" };
    await ask(logging.gateway.url, { key: agent.key, script: SCRIPT, body: BODY, headers });
    const [row] = await logging.gateway.ledger(agent, 1);
    expect(await logging.delivered()).toBe(0);
    expect(logging.helicone.rows.filter((one) => one.requestId === row?.id)).toMatchObject([
      {
        userId: agent.name,
        properties: { "agent-name": agent.name, "agent-type": "reviewer", "Helicone-Session-Id": "session-1" },
        provider: "ANTHROPIC",
        model: BODY.model,
        status: 200,
        promptTokens: 1_000,
        completionTokens: 100,
        cost: 4_500_000,
        latencyMs: row?.latency_ms,
        timeToFirstTokenMs: row?.first_byte_ms,
      },
    ]);
    const posted = logging.helicone.received.filter(({ body }) => body.includes(row?.id ?? "none"));
    expect(posted).toHaveLength(1);
    expect(posted[0]?.body).not.toMatch(/token is|yourself|ghp_/);
    expect(await logging.spooled()).toEqual([]);
  });

  it("is told as the finished message, whether it was streamed or not", async () => {
    const agent = await newAgent();
    await logging.setContent(agent, "full");
    const [whole, streamed] = [await call(agent), await call(agent, SCRIPT, { stream: true })];
    for (const id of [whole, streamed]) {
      const told = logging.told(id);
      expect(told?.request).toMatchObject(BODY);
      expect(told?.answer).toMatchObject({
        type: "message",
        role: "assistant",
        content: [{ type: "text", text: SCRIPT.text }],
        stop_reason: "end_turn",
        usage: { input_tokens: 1_000, output_tokens: 100 },
      });
    }
    expect(logging.told(streamed)?.request).toMatchObject({ stream: true });
    await expect.poll(logging.spooled).toEqual([]);
  });

  it("has tool calls and thinking put together from a stream", async () => {
    const agent = await newAgent();
    await logging.setContent(agent, "full");
    const tools = [
      { name: "Bash", input: { command: "ls -la", timeout: 5 } },
      { name: "Read", input: { path: "/etc/hosts" } },
    ];
    const id = await call(agent, { kind: "tool_use", tools, chunkBytes: 7 }, { stream: true });
    expect(logging.told(id)?.answer).toMatchObject({
      stop_reason: "tool_use",
      content: expect.arrayContaining(tools.map((tool) => expect.objectContaining({ type: "tool_use", ...tool }))),
    });
    const thought = await call(agent, { kind: "thinking" }, { stream: true });
    expect(logging.told(thought)?.answer.content).toMatchObject([
      { type: "thinking", thinking: expect.stringMatching(/./), signature: expect.stringMatching(/./) },
      { type: "text", text: expect.stringMatching(/./) },
    ]);
  });

  it("has no secret in it where they are redacted", async () => {
    const agent = await newAgent();
    await logging.setContent(agent, "redacted");
    const id = await call(agent, { ...SCRIPT, chunks: 12 }, { stream: true });
    expect(logging.told(id)?.request).toMatchObject({ messages: [{ content: "Keep [redacted] to yourself" }] });
    expect(logging.told(id)?.answer).toMatchObject({ content: [{ text: "The token is [redacted], as you said." }] });
    const posted = logging.helicone.received.filter(({ body }) => body.includes(id));
    for (const { body } of posted) expect(body).not.toContain(SECRET);
  });
});

describe("how much is told", () => {
  it("follows the fleet's switch and the agent's own, with the next call", async () => {
    const [follower, own] = [await newAgent(), await newAgent()];
    const isTold = async (agent: TestAgent) => JSON.stringify(logging.told(await call(agent))).includes("yourself");
    expect([await isTold(follower), await isTold(own)]).toEqual([false, false]);
    await logging.setContent(own, "metadata");
    await logging.setContent("fleet", "full");
    expect([await isTold(follower), await isTold(own)]).toEqual([true, false]);
    await logging.setContent(own, null);
    expect(await isTold(own)).toBe(true);
    await logging.setContent("fleet", "metadata");
    expect([await isTold(follower), await isTold(own)]).toEqual([false, false]);
  });

  it("is less at once for calls that still wait, and never more than was promised them", async () => {
    const agent = await newAgent();
    await logging.setContent(agent, "full");
    await logging.helicone.setFaults({ jawn: "down" });
    await ask(logging.gateway.url, { key: agent.key, script: SCRIPT, body: BODY });
    await logging.setContent(agent, "redacted");
    await ask(logging.gateway.url, { key: agent.key, script: SCRIPT, body: BODY });
    await logging.setContent(agent, "full");
    await logging.gateway.ledger(agent, 2);
    await logging.setContent(agent, "metadata");
    await logging.helicone.setFaults({ jawn: "up" });
    expect(await logging.delivered()).toBe(0);
    for (const { id } of await logging.gateway.ledger(agent, 2)) {
      expect(JSON.stringify(logging.told(id))).not.toMatch(/yourself/);
    }
    await logging.helicone.setFaults({ jawn: "down" });
    await logging.setContent(agent, "redacted");
    await ask(logging.gateway.url, { key: agent.key, script: SCRIPT, body: BODY });
    await logging.setContent(agent, "full");
    await logging.helicone.setFaults({ jawn: "up" });
    const id = (await logging.gateway.ledger(agent, 3)).at(-1)?.id ?? "";
    expect(await logging.delivered()).toBe(0);
    expect(JSON.stringify(logging.told(id))).toMatch(/\[redacted\] to yourself/);
    await expect.poll(logging.spooled).toEqual([]);
  });
});

describe("calls that did not end as they should", () => {
  it("are told with what is known of them; Anthropic's refusals as well, ours not", async () => {
    const agent = await newAgent();
    await logging.setContent(agent, "full");
    const cut = await call(agent, { length: 4_000, chunks: 40, cutAfterEvents: 20 }, { stream: true });
    expect(logging.told(cut)).toMatchObject({
      status: 200,
      answer: { content: [{ type: "text", text: expect.stringMatching(/./) }], stop_reason: null },
    });
    const row = logging.helicone.rows.find(({ requestId }) => requestId === cut);
    expect(row?.properties).toMatchObject({ outcome: "incomplete" });

    const failed = await call(agent, { kind: "error", status: 529, message: "Overloaded" });
    expect(logging.told(failed)).toMatchObject({
      status: 529,
      answer: { type: "error", error: { message: "Overloaded" } },
    });
    const unanswered = await call(agent, { kind: "hangup" });
    expect(logging.told(unanswered)?.status).toBe(-3);

    await logging.gateway.setBudget(agent, { day: 1n, action: "block" });
    await logging.gateway.addAgent("after-the-budget");
    const refused = await call(agent);
    expect((await logging.gateway.ledger(agent, 4)).at(-1)).toMatchObject({ id: refused, outcome: "refused" });
    expect(logging.told(refused)).toBeNull();
  });
});

describe("with Helicone off", () => {
  it("there is no row, no file, no connection and no word of it", async () => {
    const url = logging.helicone.jawnUrl;
    const receivedBefore = logging.helicone.received.length;
    const off = await startTestGateway({ env: { HELICONE_URL: url, HELICONE_ENABLED: "false" } });
    try {
      const agent = await off.addAgent("a");
      await off.pool.query("UPDATE agent_ownership SET helicone_log_content = 'full'");
      await ask(off.url, { key: agent.key, body: BODY });
      expect(await off.ledger(agent, 1)).toHaveLength(1);
      expect((await off.pool.query("SELECT FROM helicone_outbox")).rowCount).toBe(0);
      const { rows } = await off.pool.query("SELECT helicone FROM gateway_instances");
      expect(rows).toEqual([{ helicone: null }]);
      const spool = path.join(off.dataDir, "helicone-spool");
      await expect(access(spool)).rejects.toThrow("ENOENT");
      // Left from when it was on.
      await mkdir(spool);
      await writeFile(path.join(spool, "0190a6c4-7f6e-7b1d-9c63-1f2e3d4c5b6a.body"), "2\n{}");
      await off.restart();
      await expect(access(spool)).rejects.toThrow("ENOENT");
      expect(logging.helicone.received).toHaveLength(receivedBefore);
    } finally {
      await off.stop();
    }
  });
});
