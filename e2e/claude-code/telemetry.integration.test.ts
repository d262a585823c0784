import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestAgent, TestGateway } from "#testing/gateway.ts";
import { startTestGateway } from "#testing/gateway.ts";
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
  return gateway.addAgent(`telemetry-${agents}`);
}

/** As routing gives it to agents. */
function telemetryEnvironment(agent: TestAgent, protocol = "http/protobuf"): Record<string, string> {
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: "1",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${gateway.url}/otlp`,
    OTEL_EXPORTER_OTLP_HEADERS: `X-Trinity-Agent=${agent.key}`,
  };
}

/** The sums by hand, by measure. */
async function sums(agent: TestAgent): Promise<Record<string, number>> {
  const { rows } = await gateway.pool.query<{ measure: string; amount: bigint }>(
    "SELECT measure, sum(amount)::bigint AS amount FROM telemetry_days WHERE agent_id = $1 GROUP BY measure",
    [agent.id],
  );
  return Object.fromEntries(rows.map((row) => [row.measure, Number(row.amount)]));
}

type Asked = { version: ClaudeCodeVersion; env?: Record<string, string>; protocol?: string; prompt?: string };

async function ask(agent: TestAgent, { version, env, protocol, prompt = "hello" }: Asked): Promise<number> {
  const settings = { ...telemetryEnvironment(agent, protocol), ...env };
  const { exitCode, json } = await promptAgent(gateway, agent, { version, prompt, env: settings });
  expect(exitCode).toBe(0);
  return Math.round(Number(json.total_cost_usd) * 1e9);
}

describe("the real Claude Code reports to the gateway, and nothing is lost", () => {
  it.each(
    CLAUDE_CODE_VERSIONS.flatMap((version) =>
      ["http/protobuf", "http/json"].map((protocol) => [version, protocol] as const),
    ),
  )("%s over %s: a run of one call", async (version, protocol) => {
    const agent = await newAgent();
    const total = await ask(agent, { version, protocol });
    expect(total).toBeGreaterThan(0);
    const told = await sums(agent);
    expect(told).toMatchObject({ cost: total, event_cost: total, sessions: 1, api_requests: 1, prompts: 1 });
    const [call] = await gateway.ledger(agent, 1);
    expect(Number(call?.cost_nano_usd)).toBe(total);
    expect(told).toMatchObject({ tokens_input: call?.input_tokens, tokens_output: call?.output_tokens });
    const { rows } = await gateway.pool.query(
      "SELECT call_id FROM telemetry_events WHERE agent_id = $1 AND name = 'api_request'",
      [agent.id],
    );
    expect(rows).toEqual([{ call_id: call?.id }]);
  });

  it("twenty short runs, four at a time, cumulative and delta", async () => {
    const agent = await newAgent();
    let total = 0;
    for (let round = 0; round < 5; round += 1) {
      const preference = round % 2 === 0 ? "delta" : "cumulative";
      const env = {
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: preference,
        OTEL_METRIC_EXPORT_INTERVAL: "1000",
      };
      const runs = [1, 2, 3, 4].map(() => ask(agent, { version: "2.1.330", env }));
      total += (await Promise.all(runs)).reduce((sum, cost) => sum + cost, 0);
    }
    expect(await sums(agent)).toMatchObject({ cost: total, event_cost: total, sessions: 20, api_requests: 20 });
  });

  it("a cumulative run with several exports counts each call once", async () => {
    const agent = await newAgent();
    const env = {
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "cumulative",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
      OTEL_METRIC_EXPORT_TIMEOUT: "200",
    };
    gateway.upstream.enqueue(
      { kind: "tool_use", tools: [{ name: "Bash", input: { command: "sleep 1" } }] },
      { kind: "tool_use", tools: [{ name: "Bash", input: { command: "sleep 1; echo done" } }] },
    );
    const settings = { ...telemetryEnvironment(agent), ...env };
    const { json } = await promptAgent(gateway, agent, {
      version: "2.1.330",
      prompt: "wait",
      env: settings,
      args: ["--allowedTools", "Bash"],
    });
    const total = Math.round(Number(json.total_cost_usd) * 1e9);
    expect(await sums(agent)).toMatchObject({ cost: total, event_cost: total, api_requests: 3, tool_uses: 2 });
    const { rows } = await gateway.pool.query(
      "SELECT count(*)::int AS series FROM telemetry_series WHERE agent_id = $1 AND time_nano > 0",
      [agent.id],
    );
    expect(rows[0]?.series).toBeGreaterThan(3);
  });

  it("a gateway that is away for the export costs the report, not the run", async () => {
    const agent = await newAgent();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9/otlp" };
    const total = await ask(agent, { version: "2.1.330", env, prompt: scripted("hello", { text: "Hi." }) });
    await sleep(200);
    expect([total > 0, await sums(agent)]).toEqual([true, {}]);
  });
});
