import { SERVER_VARIABLE, startTestDatabaseServer } from "#testing/database.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";

import { promptAgent, scripted } from "../../e2e/claude-code/agent-claude.ts";

/** What the CLI itself said that its runs cost, and what arrived of it by each way, in nano-USD. */
export type ClaudeDay = { runs: number; failed: number; cli: bigint; reported: bigint; ledger: bigint };

const VERSION = "2.1.330";
const AT_ONCE = 3;
const NANO = 1e9;

/** Runs of the real CLI, each a process of its own with one prompt, some with tools; it exports when it ends. */
export async function runClaudeDay(prompts: number): Promise<ClaudeDay> {
  const server = await startTestDatabaseServer();
  process.env[SERVER_VARIABLE] = server.serverUrl;
  try {
    const gateway = await startTestGateway();
    try {
      return await runAll(gateway, await gateway.addAgent("a-days-work"), prompts);
    } finally {
      await gateway.stop();
    }
  } finally {
    await server.stop();
  }
}

async function runAll(gateway: TestGateway, agent: TestAgent, prompts: number): Promise<ClaudeDay> {
  let [next, failed, cli] = [0, 0, 0n];
  const lane = async () => {
    while (next < prompts) {
      next += 1;
      const cost = await runOne(gateway, agent, next);
      if (cost === null) failed += 1;
      else cli += cost;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { runs: prompts, failed, cli, ...(await readSums(gateway, agent, prompts)) };
}

async function runOne(gateway: TestGateway, agent: TestAgent, number: number): Promise<bigint | null> {
  const env = {
    CLAUDE_CODE_ENABLE_TELEMETRY: "1",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_PROTOCOL: number % 2 === 0 ? "http/protobuf" : "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: `${gateway.url}/otlp`,
    OTEL_EXPORTER_OTLP_HEADERS: `X-Trinity-Agent=${agent.key}`,
  };
  const prompt = scripted(`Task ${number}`, { text: "word ".repeat(1 + (number % 40)) });
  const { exitCode, json } = await promptAgent(gateway, agent, { version: VERSION, prompt, env });
  const usd = json.total_cost_usd;
  return exitCode === 0 && typeof usd === "number" ? BigInt(Math.round(usd * NANO)) : null;
}

async function readSums(gateway: TestGateway, agent: TestAgent, calls: number) {
  await gateway.ledger(agent, calls); // waits for the last ones
  const sums = `
    SELECT (SELECT coalesce(sum(amount), 0) FROM telemetry_days WHERE agent_id = $1 AND measure = 'cost')::text AS reported,
      (SELECT coalesce(sum(cost_nano_usd), 0) FROM llm_requests WHERE agent_id = $1)::text AS ledger`;
  const { rows } = await gateway.pool.query<{ reported: string; ledger: string }>(sums, [agent.id]);
  return { reported: BigInt(rows[0]?.reported ?? 0), ledger: BigInt(rows[0]?.ledger ?? 0) };
}
