import { rm } from "node:fs/promises";
import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { toArray, toObject } from "../anthropic/json.ts";
import { scripted, virtualKeyEnvironment } from "../claude-code/agent-claude.ts";
import { CLAUDE_CODE_VERSIONS, type ClaudeCodeVersion, ensureClaudeCode } from "../claude-code/ensure-claude-code.ts";
import { type AgentServerProcess, removeHomes, startAgentServer } from "./agent-server-process.ts";
import { chat, read, streamChat, untilIdle } from "./chat.ts";

const ECHO = { kind: "tool_use", tools: [{ name: "Bash", input: { command: "echo tool-$((40+2))" } }] } as const;

let gateway: TestGateway;
let agent: TestAgent;
let server: AgentServerProcess;
let agents = 0;
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  gateway = await startTestGateway();
}, 600_000);
beforeEach(async () => {
  gateway.upstream.reset();
  agents += 1;
  agent = await gateway.addAgent(`chat-${agents}`);
});
afterEach(() => server.end());
afterAll(async () => {
  await gateway.stop();
  await removeHomes();
});

async function start(version: ClaudeCodeVersion, home?: string): Promise<void> {
  const variables = { ...virtualKeyEnvironment(gateway.url, agent), CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" };
  const settings = { CLAUDE_CODE_PATH: await ensureClaudeCode(version) };
  server = await startAgentServer({ variables, settings, ...(home !== undefined && { home }) });
}

const lastBody = () => gateway.upstream.calls.at(-1)?.body ?? "";

describe.each(CLAUDE_CODE_VERSIONS)("an agent with Claude Code %s", (version) => {
  it("answers in Trinity's shape, at the cost that the ledger has, turn by turn and in sum", async () => {
    await start(version);
    const first = await chat(server, "hello");
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      response: expect.stringMatching(/\w{3}/),
      execution_log: [],
      metadata: { num_turns: 1, tool_count: 0, session_id: expect.any(String), context_window: expect.any(Number) },
      session: { message_count: 2 },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    const second = await chat(server, scripted("go", ECHO));
    expect(second.body).toMatchObject({ metadata: { num_turns: 2, tool_count: 1 }, session: { message_count: 4 } });
    expect(toArray(second.body.execution_log).map(toObject)).toMatchObject([
      { type: "tool_use", tool: "Bash", input: { command: "echo tool-$((40+2))" }, success: null },
      { type: "tool_result", tool: "Bash", success: true, duration_ms: expect.any(Number) },
    ]);
    expect(lastBody()).toContain("tool-42");

    const rows = await gateway.ledger(agent, 3);
    const usd = (from: number) => rows.slice(from).reduce((sum, row) => sum + Number(row.cost_nano_usd) / 1e9, 0);
    expect(Number(toObject(first.body.metadata).cost_usd)).toBeCloseTo(Number(rows[0]?.cost_nano_usd) / 1e9, 6);
    expect(Number(toObject(second.body.metadata).cost_usd)).toBeCloseTo(usd(1), 6);
    const session = await read(server, "/api/chat/session");
    expect(Number(session.total_cost_usd)).toBeCloseTo(usd(0), 6);
    expect(session).toMatchObject({ session_started: true, message_count: 4, context_percent: expect.any(Number) });
    expect(Number(session.context_tokens)).toBeGreaterThan(1_000);
  });

  it("tells text and tools as they come, and ends with the whole answer", async () => {
    await start(version);
    const script = { text: "one two three four five", chunks: 5, chunkDelayMs: 200 };
    const events = await streamChat(server, scripted("talk", script));
    const texts = events.flatMap((told) => (told.event === "text" ? [told] : []));
    expect(texts.map((told) => told.data.text).join("")).toBe("one two three four five");
    expect((texts.at(-1)?.atMs ?? 0) - (texts[0]?.atMs ?? 0)).toBeGreaterThan(500);
    expect(events.at(-1)).toMatchObject({ event: "result", data: { response: "one two three four five" } });

    const withTool = await streamChat(server, scripted("go", ECHO));
    const kinds = withTool.map((told) => (told.event === "tool" ? told.data.type : told.event));
    expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual([
      "text",
      "tool_use",
      "tool_result",
      "text",
      "result",
    ]);
    expect(new Set(withTool.flatMap((told) => (told.event === "text" ? [told.data.part] : [])))).toEqual(
      new Set([1, 2]),
    );
  });

  it("remembers what was said, over turns and over a restart, until a new conversation is begun", async () => {
    await start(version);
    const first = await chat(server, "my word is xylophone");
    await chat(server, "second");
    expect(lastBody()).toContain("xylophone");
    await server.end();

    await start(version, server.home);
    expect(await read(server, "/api/chat/session")).toMatchObject({ session_started: true, message_count: 4 });
    const third = await chat(server, "third");
    expect(lastBody()).toContain("xylophone");
    const id = toObject(first.body.metadata).session_id;
    expect(toObject(third.body.metadata).session_id).toBe(id);
    expect(new Set((await gateway.ledger(agent, 3)).map((row) => row.session_id))).toEqual(new Set([id]));

    expect((await server.fetch("/api/chat/history", { method: "DELETE" })).status).toBe(200);
    expect(await read(server, "/api/chat/session")).toMatchObject({ session_started: false, message_count: 0 });
    const fresh = await chat(server, "fourth");
    expect(lastBody()).not.toContain("xylophone");
    expect(toObject(fresh.body.metadata).session_id).not.toBe(id);
  });

  it("begins anew when the transcript is gone, without an error and without asking twice", async () => {
    await start(version);
    await chat(server, "my word is xylophone");
    await untilIdle(server);
    await rm(path.join(server.home, ".claude", "projects"), { recursive: true });
    gateway.upstream.reset();
    const next = await chat(server, "second");
    expect(next).toMatchObject({ status: 200, body: { session: { message_count: 2 } } });
    expect(lastBody()).not.toContain("xylophone");
    expect(gateway.upstream.calls.filter((call) => call.path.startsWith("/v1/messages?"))).toHaveLength(1);
  });

  it("uses the model that is asked for, for that turn", async () => {
    await start(version);
    const { body } = await chat(server, "hello", { model: "claude-sonnet-4-5" });
    expect(toObject(body.metadata).model).toMatch(/^claude-sonnet-4-5/);
    expect((await gateway.ledger(agent, 1))[0]?.model).toMatch(/^claude-sonnet-4-5/);
  });

  it("uses its default again for a message that asks for no model", async () => {
    await start(version);
    const modelOf = async (model?: string) =>
      toObject((await chat(server, "hello", model === undefined ? {} : { model })).body.metadata).model;
    const before = await modelOf();
    expect(before).not.toMatch(/haiku/);
    expect(await modelOf("claude-haiku-4-5")).toMatch(/haiku/);
    expect(await modelOf()).toBe(before);
    await server.end();
    await start(version, server.home);
    expect(await modelOf()).toBe(before);
  });

  it("stopped by its budget in the middle of a turn, answers 429 with the gateway's sentence", async () => {
    await start(version);
    await gateway.setBudget(agent, { day: 10_000_000n, action: "block" });
    const stopped = await chat(server, scripted("go", ECHO));
    expect(stopped.status).toBe(429);
    expect(stopped.body).toEqual({
      detail: {
        error: "Budget exceeded",
        code: "budget_exceeded",
        agent: "bot",
        message: expect.stringMatching(/^This agent has reached its spending budget and was stopped\..*\/stopped$/),
      },
    });
    expect((await gateway.ledger(agent, 2)).map((row) => row.outcome)).toEqual(["completed", "refused"]);
    const events = await streamChat(server, "again");
    expect(events).toMatchObject([{ event: "error", data: { status: 429, detail: { code: "budget_exceeded" } } }]);

    await gateway.setBudget(agent, null);
    expect(await chat(server, "go on")).toMatchObject({ status: 200 });
    expect(lastBody()).toContain("tool-42");
  });
});
