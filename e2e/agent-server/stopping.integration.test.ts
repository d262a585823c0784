import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { findProcesses, sendSignal } from "#process-table.ts";
import { type ScriptedAnthropic, startScriptedAnthropic } from "../anthropic/scripted-anthropic.ts";
import { scripted } from "../claude-code/agent-claude.ts";
import { CLAUDE_CODE_VERSIONS, type ClaudeCodeVersion, ensureClaudeCode } from "../claude-code/ensure-claude-code.ts";
import { type AgentServerProcess, removeHomes, startAgentServer } from "./agent-server-process.ts";
import { chat, read, streamChat, untilIdle } from "./chat.ts";

const TALK = scripted("talk", { length: 8_000, chunks: 400, chunkDelayMs: 50 });
const HANG = scripted("hang", { kind: "tool_use", tools: [{ name: "Bash", input: { command: "sleep 300" } }] });

let upstream: ScriptedAnthropic;
let server: AgentServerProcess;
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  upstream = await startScriptedAnthropic();
}, 600_000);
beforeEach(() => upstream.reset());
afterEach(() => server.end());
afterAll(async () => {
  await upstream.close();
  await removeHomes();
});

async function start(version: ClaudeCodeVersion, settings: Record<string, string> = {}): Promise<void> {
  const variables = {
    ANTHROPIC_BASE_URL: upstream.url,
    ANTHROPIC_AUTH_TOKEN: "tvk_not-checked-here",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
  const program = await ensureClaudeCode(version);
  server = await startAgentServer({ variables, settings: { CLAUDE_CODE_PATH: program, ...settings } });
}

/** What the present turn has started. */
async function startedPids(): Promise<number[]> {
  const rows = await findProcesses({ variable: server.variable });
  const checked = rows.map(async ({ pid }) => {
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    return environment.includes("\0TRINITY_AGENT_TURN=") ? [pid] : [];
  });
  return (await Promise.all(checked)).flat();
}

async function isTalking(): Promise<void> {
  await expect.poll(() => upstream.calls.some((call) => call.outcome === "open"), { timeout: 20_000 }).toBe(true);
}

describe.each(CLAUDE_CODE_VERSIONS)("a turn of Claude Code %s", (version) => {
  it("ends when its caller leaves: the call upstream too, nothing is left running, and the next turn knows of it", async () => {
    await start(version);
    const leaving = new AbortController();
    const left = streamChat(server, TALK, {
      signal: leaving.signal,
      onEvent: ({ event }) => event === "text" && leaving.abort(),
    });
    await expect(left).rejects.toThrow();
    await expect.poll(() => upstream.calls.at(-1)?.outcome, { timeout: 10_000 }).toBe("aborted");
    await untilIdle(server);
    expect(await startedPids()).toEqual([]);
    expect(await chat(server, "what were you saying?")).toMatchObject({ status: 200 });
    expect(upstream.calls.at(-1)?.body).toContain("talk [[script:");
  });

  it("also in the middle of a command, which is ended with all that it started", async () => {
    await start(version);
    const leaving = new AbortController();
    const left = chat(server, HANG, { signal: leaving.signal });
    await expect.poll(async () => (await startedPids()).length, { timeout: 20_000 }).toBeGreaterThan(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await untilIdle(server);
    expect(await startedPids()).toEqual([]);
    expect(await chat(server, "hello")).toMatchObject({ status: 200 });
  });

  it("that takes too long is stopped and says so, whole and in pieces", async () => {
    await start(version, { AGENT_TURN_TIMEOUT_MS: "6000" });
    expect(await chat(server, HANG)).toMatchObject({
      status: 504,
      body: { detail: { code: "time_limit", message: expect.stringContaining("6 seconds") } },
    });
    const events = await streamChat(server, TALK);
    expect(events.at(-1)).toMatchObject({ event: "error", data: { status: 504, detail: { code: "time_limit" } } });
    expect(events.some(({ event }) => event === "text")).toBe(true);
    await untilIdle(server);
    expect(await startedPids()).toEqual([]);
    expect(await chat(server, "hello")).toMatchObject({ status: 200 });
  });

  it("whose program is killed fails by itself, and the conversation goes on", async () => {
    await start(version);
    await chat(server, "my word is xylophone");
    const killed = chat(server, TALK);
    await isTalking();
    for (const pid of await startedPids()) sendSignal(pid, "SIGKILL");
    expect(await killed).toMatchObject({
      status: 502,
      body: { detail: { code: "agent_failed", message: "Claude Code ended by SIGKILL." } },
    });
    expect(await chat(server, "hello")).toMatchObject({ status: 200 });
    expect(upstream.calls.at(-1)?.body).toContain("xylophone");
  });
});

describe("an agent", () => {
  it("takes one turn at a time; three wait, and a fifth is told when to come back", async () => {
    await start("2.1.330");
    const ended: number[] = [];
    const slow = scripted("talk", { text: "one two three", chunks: 3, chunkDelayMs: 300 });
    const turns: Promise<unknown>[] = [];
    for (const number of [1, 2, 3, 4]) {
      turns.push(chat(server, slow).then(({ status }) => ended.push(status === 200 ? number : 0)));
      await expect.poll(async () => (await read(server, "/health")).queue_length).toBe(number - 1);
    }
    expect(await read(server, "/health")).toMatchObject({ active_tasks: 1, queue_length: 3 });
    const refused = await chat(server, "me too");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("30");
    expect(refused.body).toEqual({
      detail: {
        error: "Agent queue is full",
        agent: "bot",
        queue_length: 4,
        retry_after: 30,
        message: expect.stringContaining("Try again in 30 seconds"),
      },
      retry_after: 30,
    });
    await Promise.all(turns);
    expect(ended).toEqual([1, 2, 3, 4]);
    const times = upstream.calls.map((call) => call.outcome);
    expect(times).toEqual(["answered", "answered", "answered", "answered"]);
  });

  it("forgets a caller who leaves while waiting", async () => {
    await start("2.1.330");
    const first = chat(server, scripted("talk", { text: "one two three", chunks: 3, chunkDelayMs: 400 }));
    await expect.poll(async () => (await read(server, "/health")).active_tasks).toBe(1);
    const leaving = new AbortController();
    const left = chat(server, "never mind", { signal: leaving.signal });
    await expect.poll(async () => (await read(server, "/health")).queue_length).toBe(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(async () => (await read(server, "/health")).queue_length).toBe(0);
    expect(await first).toMatchObject({ status: 200 });
    await sleep(500);
    expect(upstream.calls.map((call) => call.body).join()).not.toContain("never mind");
  });

  it("that is asked to stop ends its turn, says so, and leaves nothing running", async () => {
    await start("2.1.330");
    await chat(
      server,
      scripted("serve", { kind: "tool_use", tools: [{ name: "Bash", input: { command: LINGERING } }] }),
    );
    const [whole, told] = [chat(server, TALK), streamChat(server, "waiting")];
    await isTalking();
    sendSignal(server.pid, "SIGTERM");
    const stopping = { detail: { code: "stopping", agent: "bot" } };
    expect(await whole).toMatchObject({ status: 503, body: stopping });
    expect((await told).at(-1)).toMatchObject({ event: "error", data: { status: 503, ...stopping } });
    await expect.poll(() => findProcesses({ variable: server.variable }), { timeout: 10_000 }).toEqual([]);
  });
});

/** What an agent may leave running on purpose, such as a server it works on. */
const LINGERING = "nohup sleep 300 >/dev/null 2>&1 & echo started";
