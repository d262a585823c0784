import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { DEMO_AGENTS } from "#demo/demo-cast.ts";
import type { DemoSecrets } from "#demo/demo-secrets.ts";
import { runDemoTraffic, type TrafficOptions } from "#demo/demo-traffic.ts";
import { makeLiveCall } from "#demo/live-call.ts";
import type { PlannedCall } from "#demo/planned-call.ts";
import { seedDemo } from "#demo/seed-demo.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { createLog } from "#log.ts";
import { type LedgerRow, startTestGateway, type TestGateway } from "#testing/gateway.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const PLANNED: PlannedCall = {
  offsetMs: 0,
  model: "claude-opus-5-5",
  usage: {
    ...UNREPORTED_USAGE,
    inputTokens: 7,
    outputTokens: 40,
    cacheReadInputTokens: 31_000,
    cacheCreation5mInputTokens: 0,
    cacheCreation1hInputTokens: 1_250,
    webSearchRequests: 2,
  },
  ending: "answered",
  firstByteMs: 20,
  latencyMs: 500,
  promptId: "6d2c1d0e-8f0a-4b37-9a53-0f7f5b8a3a11",
  subagentId: null,
};
const SESSION_ID = "0f2a3f6c-5f5b-4c58-8a8e-6a0c2e6f9d10";

let gateway: TestGateway;
let secrets: DemoSecrets;
let startedAt: Date;

beforeAll(async () => {
  gateway = await startTestGateway();
  startedAt = new Date();
  secrets = await seedDemo({ pool: gateway.pool, dataDir: gateway.dataDir, now: startedAt });
  await gateway.restart(); // as in the demo, the gateway starts on a seeded database
});
afterAll(() => gateway?.stop());

const keyOf = (name: string) => secrets.agentKeys.find(({ agentName }) => agentName === name)?.virtualKey ?? "";
const callerOf = (name: string) => ({ virtualKey: keyOf(name), sessionId: SESSION_ID, ordinal: 0 });
const door = () => ({ gatewayUrl: gateway.url, signal: new AbortController().signal });

/** The live calls of an agent that are in the ledger, oldest first. */
const liveRows = async (name: string): Promise<(LedgerRow & { agent_name: string })[]> =>
  (
    await gateway.pool.query(
      `SELECT llm_requests.*, agent_name FROM llm_requests JOIN agent_ownership AS agent ON agent.id = agent_id
       WHERE agent_name LIKE $1 AND admitted_at > $2 ORDER BY admitted_at`,
      [name, startedAt],
    )
  ).rows;

const until = async (holds: () => Promise<boolean>) => {
  const deadlineAt = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadlineAt) throw new Error("It did not happen within a minute");
    await sleep(50);
  }
};

describe("a live call", () => {
  it("is metered with exactly the usage that was planned for it", async () => {
    expect(await makeLiveCall(PLANNED, callerOf("docs-writer"), door())).toBe("answered");
    await until(async () => (await liveRows("docs-writer")).length === 1);
    expect((await liveRows("docs-writer"))[0]).toMatchObject({
      outcome: "completed",
      status: 200,
      streamed: true,
      model: "claude-opus-5-5",
      session_id: SESSION_ID,
      prompt_id: PLANNED.promptId,
      subagent_id: null,
      input_tokens: 7,
      output_tokens: 40,
      cache_read_input_tokens: 31_000,
      cache_creation_5m_input_tokens: 0,
      cache_creation_1h_input_tokens: 1_250,
      web_search_requests: 2,
      // 7 x 4 + 40 x 20 + 31,000 x 0.2 + 1,250 x 8 micro-dollars, and two searches of a cent
      cost_nano_usd: 37_028_000n,
    });
  });

  it("ends as it was planned to end", async () => {
    const caller = callerOf("support-triage");
    expect(await makeLiveCall({ ...PLANNED, ending: "overloaded" }, caller, door())).toBe("failed");
    const long = { ...PLANNED, usage: { ...PLANNED.usage, outputTokens: 600 }, subagentId: "agent-1" };
    expect(await makeLiveCall({ ...long, ending: "interrupted", latencyMs: 400 }, caller, door())).toBe("interrupted");
    await until(async () => (await liveRows("support-triage")).length === 2);
    expect(await liveRows("support-triage")).toMatchObject([
      { outcome: "failed", status: 529, cost_nano_usd: 0n },
      { outcome: "incomplete", is_estimated: true, subagent_id: "agent-1", error_type: "client_disconnected" },
    ]);
  });

  it("tells a spent budget, a key that is not valid and a gateway that is away apart", async () => {
    expect(await makeLiveCall(PLANNED, callerOf("nightly-refactor"), door())).toBe("refused");
    expect(await makeLiveCall(PLANNED, { ...callerOf(""), virtualKey: `tvk_${"x".repeat(43)}` }, door())).toBe(
      "unknown_key",
    );
    const away = { ...door(), gatewayUrl: "http://127.0.0.1:1" };
    expect(await makeLiveCall(PLANNED, callerOf("docs-writer"), away)).toBe("unreachable");
  });
});

describe("the demo's traffic", () => {
  it("comes from several agents, gently, and goes on when the gateway has been killed and started again", async () => {
    const stopping = new AbortController();
    const running = runDemoTraffic(options(stopping.signal));
    const earlier = new Date();
    const seenSince = async (at: Date) => (await liveRows("%")).filter((row) => row.admitted_at > at);
    const agentsSince = async (at: Date) => new Set((await seenSince(at)).map((row) => row.agent_name));
    const workers = new Set(DEMO_AGENTS.flatMap(({ name, work }) => (work === null ? [] : [name])));
    await until(async () => (await agentsSince(earlier)).size === workers.size);

    await gateway.restart("SIGKILL");
    const restartedAt = new Date();
    await until(async () => (await agentsSince(restartedAt)).size >= 3);
    await until(async () => (await seenSince(restartedAt)).some((row) => row.subagent_id !== null));
    stopping.abort();
    await running;

    const rows = await seenSince(earlier);
    expect(new Set(rows.map((row) => row.agent_name))).toEqual(workers);
    const tried = rows.filter((row) => row.agent_name === "nightly-refactor");
    expect(tried.every((row) => row.outcome === "refused")).toBe(true);
    expect(rows.filter((row) => row.outcome === "completed").every((row) => row.cost_nano_usd > 0n)).toBe(true);
    const gapsMs = rows
      .slice(1)
      .map((row, index) => row.admitted_at.getTime() - (rows[index]?.admitted_at.getTime() ?? 0));
    const averageGapMs = gapsMs.reduce((sum, gap) => sum + gap, 0) / gapsMs.length;
    expect(averageGapMs).toBeGreaterThan(490);
  });

  it("lets a stopped agent work again once its limit is raised", async () => {
    await gateway.pool.query(
      `UPDATE agent_budgets SET daily_limit_nano_usd = daily_limit_nano_usd * 10
       WHERE agent_id = (SELECT id FROM agent_ownership WHERE agent_name = 'nightly-refactor')`,
    );
    const raisedAt = new Date();
    const stopping = new AbortController();
    const running = runDemoTraffic(options(stopping.signal));
    await until(async () =>
      (await liveRows("nightly-refactor")).some((row) => row.admitted_at > raisedAt && row.outcome === "completed"),
    );
    stopping.abort();
    await running;
  });

  it.each(["SIGTERM", "the end of the supervisor"])("as a program, makes calls until %s", async (end) => {
    const from = new Date();
    const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", NODE_ENV: "production" as const };
    const child = spawn(process.execPath, ["--import", "tsx", "src/demo/demo.ts", "traffic"], {
      cwd: ROOT,
      env: { ...env, DATA_DIR: gateway.dataDir, GATEWAY_URL: gateway.url, TRINITY_DEMO: "1" },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const exited = once(child, "exit");
    await until(async () => (await liveRows("%")).some((row) => row.admitted_at > from));
    if (end === "SIGTERM") child.kill("SIGTERM");
    else child.disconnect();
    const stoppedAtMs = performance.now();
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - stoppedAtMs).toBeLessThan(2_000);
  });
});

/** The demo's own agents, in a hurry, and with subagents that need no luck to appear. */
function options(signal: AbortSignal): TrafficOptions {
  const agents = DEMO_AGENTS.map((agent) => {
    const virtualKey = keyOf(agent.name);
    if (agent.name !== "research-bot" || agent.work === null) return { ...agent, virtualKey };
    const live = { ...agent.work.live, subagents: { model: "claude-haiku-5-5", shareOfTurns: 1 } };
    return { ...agent, virtualKey, work: { ...agent.work, live } };
  });
  const log = createLog("demo-traffic", "error");
  return { gatewayUrl: gateway.url, agents, log, signal, seed: "test", speed: 25 };
}
