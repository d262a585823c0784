import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { LedgerRow, TestAgent, TestGateway } from "#testing/gateway.ts";
import { startTestGateway } from "#testing/gateway.ts";
import { toObject } from "../anthropic/json.ts";
import type { Script } from "../anthropic/script.ts";
import { promptAgent, scripted } from "./agent-claude.ts";
import { CLAUDE_CODE_VERSIONS, type ClaudeCodeVersion, ensureClaudeCode } from "./ensure-claude-code.ts";

let gateway: TestGateway;
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  gateway = await startTestGateway();
}, 600_000);
afterAll(() => gateway.stop());

let agents = 0;
function newAgent(): Promise<TestAgent> {
  agents += 1;
  return gateway.addAgent(`cost-${agents}`);
}

function costUsd(rows: readonly LedgerRow[]): number {
  return Number(rows.reduce((sum, row) => sum + row.cost_nano_usd, 0n)) / 1e9;
}

type Count = { in: number; out: number; write5m?: number; write1h?: number; read?: number };

function usage(count: Count, rest: Record<string, unknown> = {}): Script {
  const [write5m, write1h] = [count.write5m ?? 0, count.write1h ?? 0];
  return {
    usage: {
      input_tokens: count.in,
      output_tokens: count.out,
      cache_creation_input_tokens: write5m + write1h,
      cache_read_input_tokens: count.read ?? 0,
      cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
      service_tier: "standard",
      ...rest,
    },
  };
}

type Case = { version: ClaudeCodeVersion; model: string; of: string; script: Script };
const MIXED: Count = { in: 10_435, out: 19_043, write5m: 12_001, read: 72_340 };
const newest = (model: string, of: string, script: Script): Case => ({ version: "2.1.330", model, of, script });
const older = (model: string, of: string, script: Script): Case => ({ version: "2.1.197", model, of, script });

const CASES: Case[] = [
  newest("claude-opus-5-5", "a mixed call", usage(MIXED)),
  newest("claude-sonnet-5-5", "a mixed call", usage(MIXED)),
  newest("claude-haiku-4-5", "a mixed call", usage(MIXED)),
  newest("claude-fable-5-2", "a mixed call", usage(MIXED)),
  newest("claude-haiku-5-5", "a prompt of exactly 100,000 tokens", usage({ in: 40_001, out: 900, read: 59_999 })),
  newest("claude-haiku-5-5", "a prompt of 100,001 tokens", usage({ in: 40_002, out: 900, read: 59_999 })),
  newest("claude-opus-5-5", "the fast mode", usage(MIXED, { speed: "fast" })),
  newest("claude-sonnet-4-6", "inference in the US", usage(MIXED, { inference_geo: "us" })),
  newest("claude-opus-4-7", "web searches", usage(MIXED, { server_tool_use: { web_search_requests: 3 } })),
  newest("claude-opus-5", "1-hour cache writes", usage({ ...MIXED, write1h: 46_037 })),
  older("claude-opus-4-8", "a mixed call", usage(MIXED)),
  older("claude-sonnet-4-5", "1-hour cache writes", usage({ ...MIXED, write1h: 46_037 })),
  older("claude-haiku-4-5", "web searches", usage(MIXED, { server_tool_use: { web_search_requests: 3 } })),
];

describe("the ledger's cost is what Claude Code itself reports, to a millionth of a dollar", () => {
  it.each(CASES)("$version, $model: $of", async ({ version, model, script }) => {
    const agent = await newAgent();
    const { json } = await promptAgent(gateway, agent, { version, prompt: scripted("hello", script), model });
    expect(json).toMatchObject({ is_error: false });
    const rows = await gateway.ledger(agent, 1);
    expect(rows).toMatchObject([{ outcome: "completed", model, priced_as: "list", is_estimated: false }]);
    expect(rows[0]?.cost_nano_usd).toBeGreaterThan(0n);
    expect(costUsd(rows)).toBeCloseTo(Number(json.total_cost_usd), 6);
  });

  it.each(CLAUDE_CODE_VERSIONS)("%s: a plain hello, and the same session resumed", async (version) => {
    const agent = await newAgent();
    const home = await mkdtemp(path.join(os.tmpdir(), "trinity-claude-home-"));
    const session = randomUUID();
    const ask = (...args: string[]) => promptAgent(gateway, agent, { version, prompt: "hello", home, cwd: home, args });
    const first = await ask("--session-id", session);
    expect(first.exitCode).toBe(0);
    const row = { outcome: "completed", session_id: session, streamed: true, status: 200, is_estimated: false };
    const [hello] = await gateway.ledger(agent, 1);
    expect(hello).toMatchObject(row);
    expect(costUsd(await gateway.ledger(agent, 1))).toBeCloseTo(Number(first.json.total_cost_usd), 6);

    const second = await ask("--resume", session);
    await rm(home, { recursive: true });
    const rows = await gateway.ledger(agent, 2);
    expect(rows).toMatchObject([row, row]);
    expect(rows[1]?.cache_read_input_tokens).toBeGreaterThan(1_000);
    // 2.1.330 reports the whole session's cost, 2.1.197 that of the resumed run.
    const reported = version === "2.1.330" ? rows : rows.slice(1);
    expect(costUsd(reported)).toBeCloseTo(Number(second.json.total_cost_usd), 6);
  });

  it.each(CLAUDE_CODE_VERSIONS)("%s: 1-hour cache writes that the CLI asks for itself", async (version) => {
    const agent = await newAgent();
    const env = { ENABLE_PROMPT_CACHING_1H: "1" };
    const { json } = await promptAgent(gateway, agent, { version, prompt: "hello", env });
    const rows = await gateway.ledger(agent, 1);
    expect(rows[0]?.cache_creation_1h_input_tokens).toBeGreaterThan(1_000);
    expect(rows[0]?.cache_creation_5m_input_tokens).toBe(0);
    expect(costUsd(rows)).toBeCloseTo(Number(json.total_cost_usd), 6);
  });

  it("2.1.330: a turn with a real web search, which is a call of its own", async () => {
    const agent = await newAgent();
    gateway.upstream.enqueue(
      { kind: "tool_use", tools: [{ name: "ToolSearch", input: { query: "select:WebSearch" } }] },
      { kind: "tool_use", tools: [{ name: "WebSearch", input: { query: "example" } }] },
    );
    const { json } = await promptAgent(gateway, agent, {
      version: "2.1.330",
      prompt: "search",
      args: ["--allowedTools", "WebSearch"],
    });
    const rows = await gateway.ledger(agent, 4);
    expect(rows.map((row) => row.web_search_requests ?? 0)).toContain(1);
    expect(costUsd(rows)).toBeCloseTo(Number(json.total_cost_usd), 6);
  });

  it.each(CLAUDE_CODE_VERSIONS)(
    "%s: parallel subagents, each call in the session and under its own id",
    async (version) => {
      const agent = await newAgent();
      const prompts = ["Look at A", "Look at B", "Look at C"].map((prompt) =>
        scripted(prompt, { text: "Fine.", headersDelayMs: 300 }),
      );
      const prompt = scripted("Look at all three", { kind: "subagents", prompts });
      const { json } = await promptAgent(gateway, agent, { version, prompt, args: ["--allowedTools", "Agent,Task"] });
      const rows = await gateway.ledger(agent, 5);
      const subagents = rows.filter((row) => row.subagent_id !== null);
      expect(rows).toHaveLength(5);
      expect(new Set(rows.map((row) => row.session_id))).toEqual(new Set([json.session_id]));
      expect(new Set(subagents.map((row) => row.subagent_id)).size).toBe(3);
      expect(inParallel(subagents)).toBe(true);
      expect(costUsd(rows)).toBeCloseTo(Number(json.total_cost_usd), 6);
      expect(Object.keys(toObject(json.modelUsage))).toHaveLength(1);
    },
  );
});

/** All were admitted before the first of them ended. */
function inParallel(rows: readonly LedgerRow[]): boolean {
  const starts = rows.map((row) => row.admitted_at.getTime());
  const ends = rows.map((row) => row.admitted_at.getTime() + (row.latency_ms ?? 0));
  return Math.max(...starts) < Math.min(...ends);
}
