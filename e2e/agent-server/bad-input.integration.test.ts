import net from "node:net";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ScriptedAnthropic, startScriptedAnthropic } from "../anthropic/scripted-anthropic.ts";
import { scripted } from "../claude-code/agent-claude.ts";
import { ensureClaudeCode } from "../claude-code/ensure-claude-code.ts";
import { type AgentServerProcess, removeHomes, startAgentServer } from "./agent-server-process.ts";
import { chat, read, streamChat } from "./chat.ts";

const MEGABYTE = 1024 * 1024;

let upstream: ScriptedAnthropic;
let server: AgentServerProcess;
beforeAll(async () => {
  await ensureClaudeCode("2.1.330");
  upstream = await startScriptedAnthropic();
}, 600_000);
beforeEach(() => upstream.reset());
afterEach(() => server.end());
afterAll(async () => {
  await upstream.close();
  await removeHomes();
});

async function start(variables: Record<string, string> = {}, settings: Record<string, string> = {}): Promise<void> {
  server = await startAgentServer({
    variables: {
      ANTHROPIC_BASE_URL: upstream.url,
      ANTHROPIC_AUTH_TOKEN: "tvk_not-checked-here",
      CLAUDE_CODE_MAX_RETRIES: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      ...variables,
    },
    settings,
  });
}

async function post(body: string | Uint8Array, headers: Record<string, string> = {}) {
  const response = await server.fetch("/api/chat", { method: "POST", headers, body: body as string }); // both are sent as they are
  return { status: response.status, body: await response.json() };
}

describe("what an agent is sent", () => {
  it("must come with the token, but for the question whether it is well", async () => {
    await start();
    const ask = (path: string, token: string | null, method = "GET") =>
      fetch(`${server.url}${path}`, { method, headers: token === null ? {} : { "x-trinity-agent-token": token } });
    expect((await ask("/health", null)).status).toBe(200);
    for (const [path, method] of [
      ["/", "GET"],
      ["/api/chat", "POST"],
      ["/api/chat/session", "GET"],
      ["/none", "GET"],
    ] as const) {
      for (const token of [null, "", "wrong", `${server.token}x`]) {
        const response = await ask(path, token, method);
        expect(response.status).toBe(401);
        expect(await response.json()).toEqual({ detail: expect.stringContaining("X-Trinity-Agent-Token") });
      }
    }
    expect((await ask("/api/chat/history", "wrong", "DELETE")).status).toBe(401);
    expect((await ask("/", server.token)).status).toBe(200);
  });

  it("is refused with a sentence when it is no chat request", async () => {
    await start();
    expect(await post("{broken")).toEqual({ status: 400, body: { detail: expect.stringContaining("not valid JSON") } });
    expect(await post("")).toMatchObject({ status: 400 });
    expect(await post("[]")).toEqual({ status: 422, body: { detail: expect.stringContaining('"message"') } });
    expect(await post('{"message":" "}')).toMatchObject({ status: 422 });
    expect(await post('{"message":"a","model":"--resume"}')).toEqual({
      status: 422,
      body: { detail: expect.stringContaining("model") },
    });
    expect(await post(new Uint8Array([0xff, 0xfe, 0x00]))).toMatchObject({ status: 400 });
    expect((await server.fetch("/api/chat")).status).toBe(405);
    expect((await server.fetch("/api/chat/../../etc/passwd")).status).toBe(404);
    expect(upstream.calls).toEqual([]);
  });

  it("may have a megabyte and no more", async () => {
    await start();
    const refused = { status: 413, body: { detail: expect.stringContaining("1 MB") } };
    expect(await post(JSON.stringify({ message: "x".repeat(MEGABYTE + 1) }))).toEqual(refused);
    expect(await post(JSON.stringify({ message: "x".repeat(20 * MEGABYTE) }))).toEqual(refused);
    expect(await chat(server, `${"word ".repeat(200_000)}the end`)).toMatchObject({ status: 200 });
    expect(upstream.calls.at(-1)?.body).toContain("word word the end");
  });

  it("does no harm when its sender stops in the middle", async () => {
    await start();
    const { hostname, port } = new URL(server.url);
    const socket = net.connect(Number(port), hostname);
    socket.write(
      `POST /api/chat HTTP/1.1\r\nHost: a\r\nX-Trinity-Agent-Token: ${server.token}\r\nContent-Length: 99\r\n\r\n{"mess`,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.destroy();
    expect(await read(server, "/health")).toMatchObject({ active_tasks: 0, queue_length: 0 });
    expect(server.output()).not.toContain("A request failed");
  });

  it("reaches the model as it is, whatever characters it has", async () => {
    await start();
    const message = 'line one\nline "two" \\ \u2028 代理 🦊 -- --resume \u0001';
    expect((await chat(server, message)).status).toBe(200);
    expect(upstream.calls.at(-1)?.body).toContain(JSON.stringify('line "two" \\ \u2028 代理 🦊').slice(1, -1));
  });
});

describe("when the other side fails", () => {
  it("an unknown model is the caller's mistake", async () => {
    await start();
    const asked = scripted("hello", { kind: "error", status: 404 });
    expect(await chat(server, asked, { model: "nonsense" })).toMatchObject({
      status: 400,
      body: {
        detail: {
          code: "model_unsupported",
          error_code: "model_unsupported",
          message: expect.stringContaining("nonsense"),
        },
      },
    });
  });

  it.each([
    [401, 503, "not_authenticated"],
    [400, 400, "request_refused"],
    [500, 502, "upstream_failed"],
    [503, 503, "gateway_unavailable"],
    [529, 502, "upstream_failed"],
  ])("its %i becomes %i %s", async (theirs, ours, code) => {
    await start();
    const script = {
      kind: "error",
      status: theirs,
      message: "Their reason.",
      headers: { "x-should-retry": "false" },
    } as const;
    expect(await chat(server, scripted("hello", script))).toMatchObject({ status: ours, body: { detail: { code } } });
  });

  it("a rate limit that waiting does not help becomes 429 with a time", async () => {
    await start();
    const script = { kind: "error", status: 429, retryAfter: 3_600, message: "Too many." } as const;
    const { status, headers, body } = await chat(server, scripted("hello", script));
    expect(status).toBe(429);
    expect(headers.get("retry-after")).toBe("60");
    expect(body).toMatchObject({ detail: { code: "rate_limited", message: "Too many." }, retry_after: 60 });
  });

  it("a gateway that is not there becomes 503, and what is tried meanwhile is told", async () => {
    await start({ ANTHROPIC_BASE_URL: "http://127.0.0.1:9" });
    expect(await chat(server, "hello")).toMatchObject({
      status: 503,
      body: { detail: { code: "gateway_unreachable" } },
    });
    const events = await streamChat(server, "hello");
    expect(events.map(({ event }) => event)).toEqual(["retry", "error"]);
    expect(events.at(-1)).toMatchObject({ data: { status: 503, detail: { code: "gateway_unreachable" } } });
  });

  it("text of an answer that was cut is taken back before it is told again", async () => {
    await start();
    const script = { length: 400, chunks: 10, cutAfterEvents: 6, times: 1, afterwards: { text: "whole" } };
    const events = await streamChat(server, scripted("talk", script));
    const kinds = events.map(({ event }) => event);
    expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual(["text", "retry", "text", "result"]);
    const isVoid = events.find(({ event }) => event === "retry");
    expect(isVoid).toMatchObject({ data: { part: 1, attempt: 1 } });
    expect(events.findLast(({ event }) => event === "text")).toMatchObject({ data: { part: 2, text: "whole" } });
  });

  it.each([
    ["bytes that are no text", { brokenUtf8: true, text: "hello" }],
    ["JSON where a stream was asked for", { asJson: true, text: "hello" }],
    ["single bytes", { chunkBytes: 1, text: "hello" }],
  ])("%s are an answer all the same", async (_, script) => {
    await start();
    expect(await chat(server, scripted("go", script))).toMatchObject({ status: 200 });
  });

  it("an answer of ten megabytes arrives whole, in pieces or not", async () => {
    await start();
    const { status, body } = await chat(server, scripted("go", { length: 10_000_000, chunks: 200 }));
    expect(status).toBe(200);
    expect(String(body.response)).toHaveLength(10_000_000);
  });

  it("Claude Code that is not installed is told by its health and by every chat", async () => {
    await start({}, { CLAUDE_CODE_PATH: "/nowhere/claude" });
    const problem =
      "There is no program at /nowhere/claude, where CLAUDE_CODE_PATH says that Claude Code is. Correct the path, or leave it out.";
    expect(await read(server, "/health")).toMatchObject({ status: "healthy", claude_available: false, problem });
    expect(await read(server, "/")).toMatchObject({ claude_version: null });
    expect(await chat(server, "hello")).toMatchObject({
      status: 503,
      body: { detail: { code: "claude_not_installed", message: problem } },
    });
  });
});
