import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type pg from "pg";
import { createVirtualKey } from "#agents/agent-token.ts";
import { createPool } from "#db.ts";
import type { BudgetAction } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { CallOutcome, PricedAs } from "#ledger/call-record.ts";
import { probePort } from "#supervisor/free-port.ts";
import { createTestDatabase } from "#testing/database.ts";
import { type GatewayProcess, startGatewayProcess } from "#testing/gateway-process.ts";
import {
  type ScriptedAnthropic,
  type ScriptedAnthropicOptions,
  startScriptedAnthropic,
} from "../../e2e/anthropic/scripted-anthropic.ts";

/** The gateway's own Anthropic key in tests. */
export const GATEWAY_ANTHROPIC_KEY = "sk-ant-test-the-gateways-own";

/** Lets a test, or a portal, in at the gateway's internal port. */
export const INTERNAL_TOKEN = "the-internal-token-that-only-tests-use";

export type TestBudget = { day?: NanoUsd; month?: NanoUsd; action: BudgetAction };
export type TestAgent = { id: number; name: string; key: string };

/** A row of `llm_requests`, as far as tests look at it. */
export type LedgerRow = {
  id: string;
  agent_id: number;
  admitted_at: Date;
  model: string;
  requested_model: string;
  session_id: string | null;
  subagent_id: string | null;
  prompt_id: string | null;
  upstream_request_id: string | null;
  error_type: string | null;
  outcome: CallOutcome;
  priced_as: PricedAs;
  cost_nano_usd: NanoUsd;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_input_tokens: number | null;
  cache_creation_5m_input_tokens: number | null;
  cache_creation_1h_input_tokens: number | null;
  web_search_requests: number | null;
  latency_ms: number | null;
  first_byte_ms: number | null;
  overhead_us: number | null;
  status: number | null;
  streamed: boolean;
  is_estimated: boolean;
};

export type TestGateway = {
  /** Base URL without a trailing slash. */
  url: string;
  /** Of the internal port; its token is INTERNAL_TOKEN. */
  internalUrl: string;
  upstream: ScriptedAnthropic;
  pool: pg.Pool;
  databaseUrl: string;
  dataDir: string;
  /** The running process; replaced by `restart`. */
  process(): GatewayProcess;
  /** A new agent with a known key, once the gateway knows it. */
  addAgent(name: string, budget?: TestBudget): Promise<TestAgent>;
  /** Sets the limits by SQL, as the portal does; null removes them. The gateway hears of it by itself. */
  setBudget(agent: TestAgent, budget: TestBudget | null): Promise<void>;
  /**
   * The agent's rows, oldest first, once there are at least `rows` of them. Waits a moment longer for rows that
   * should not come; after ten seconds it returns what there is.
   */
  ledger(agent: TestAgent, rows: number): Promise<LedgerRow[]>;
  /** Ends the process with the signal and starts it again on the same port, database and journal. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Stops everything and removes the database and the folder. */
  stop(): Promise<void>;
};

export type TestGatewayOptions = {
  /** Settings of the gateway, on top of the fixture's. An empty text unsets. */
  env?: Record<string, string>;
  upstream?: ScriptedAnthropicOptions;
};

/**
 * A whole gateway for a test: a database of its own, the scripted upstream, and a real gateway process with its
 * own Anthropic key (`env: { ANTHROPIC_API_KEY: "" }` for one without).
 */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const [database, upstream, port, internalPort] = await Promise.all([
    createTestDatabase(),
    startScriptedAnthropic(options.upstream),
    probePort(0),
    probePort(0),
  ]);
  const pool = createPool(database.databaseUrl, { max: 4, onError: () => undefined }); // dropping ends idle ones
  // A test says what it limits.
  await pool.query(
    "UPDATE agent_budgets SET daily_limit_nano_usd = NULL, monthly_limit_nano_usd = NULL, action_on_exceed = 'none'",
  );
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "trinity-test-gateway-"));
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    DATABASE_URL: database.databaseUrl,
    DATA_DIR: dataDir,
    GATEWAY_PORT: String(port),
    GATEWAY_INTERNAL_PORT: String(internalPort),
    GATEWAY_INTERNAL_TOKEN: INTERNAL_TOKEN,
    ANTHROPIC_UPSTREAM_URL: upstream.url,
    ANTHROPIC_API_KEY: GATEWAY_ANTHROPIC_KEY,
    ...options.env,
  };
  const cleanUp = async () => {
    await upstream.close();
    await pool.end();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  let running = await startGatewayProcess(environment, url).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return {
    url,
    internalUrl: `http://127.0.0.1:${internalPort}`,
    upstream,
    pool,
    databaseUrl: database.databaseUrl,
    dataDir,
    process: () => running,
    addAgent: (name, budget) => addAgent({ pool, url }, name, budget),
    setBudget: (agent, budget) => setBudget(pool, agent.id, budget),
    ledger: (agent, rows) => readLedger(pool, agent.id, rows),
    async restart(signal) {
      await running.end(signal);
      running = await startGatewayProcess(environment, url);
    },
    async stop() {
      await running.end();
      await cleanUp();
    },
  };
}

async function addAgent(to: { pool: pg.Pool; url: string }, name: string, budget?: TestBudget): Promise<TestAgent> {
  const { key, hash, hint } = createVirtualKey();
  const client = await to.pool.connect();
  await client.query("BEGIN"); // so that the gateway never knows the agent without its budget
  const { rows } = await client.query<{ id: number }>(
    "INSERT INTO agent_ownership (agent_name, key_hash, key_hint) VALUES ($1, $2, $3) RETURNING id",
    [name, hash, hint],
  );
  const id = rows[0]?.id ?? 0;
  await setBudget(client, id, budget ?? null);
  await client.query("COMMIT");
  client.release();
  await waitUntilKnown(to.url, key);
  return { id, name, key };
}

/**
 * A body that is not JSON is refused with 400 once the key is known, and reaches neither upstream nor ledger. The
 * credential beside the key is for a gateway that holds none.
 */
async function waitUntilKnown(url: string, key: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const headers = { "x-trinity-agent": key, "x-api-key": "sk-ant-unused" };
    const { status } = await fetch(`${url}/v1/messages`, { method: "POST", headers, body: "?" });
    if (status === 400) return;
    await sleep(25);
  }
  throw new Error("The gateway does not get to know the new agent");
}

async function setBudget(
  pool: Pick<pg.ClientBase, "query">,
  agentId: number,
  budget: TestBudget | null,
): Promise<void> {
  if (budget === null) {
    await pool.query("DELETE FROM agent_budgets WHERE agent_id = $1", [agentId]);
    return;
  }
  await pool.query(
    `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, monthly_limit_nano_usd, action_on_exceed, updated_by)
     VALUES ($1, $2, $3, $4, 'test')
     ON CONFLICT (agent_id) DO UPDATE SET daily_limit_nano_usd = $2, monthly_limit_nano_usd = $3,
       action_on_exceed = $4, version = agent_budgets.version + 1, updated_at = now()`,
    [agentId, budget.day ?? null, budget.month ?? null, budget.action],
  );
}

async function readLedger(pool: pg.Pool, agentId: number, rowsMin: number): Promise<LedgerRow[]> {
  const read = async () => {
    const text = "SELECT * FROM llm_requests WHERE agent_id = $1 ORDER BY admitted_at, id";
    return (await pool.query<LedgerRow>(text, [agentId])).rows;
  };
  const deadlineAt = Date.now() + 10_000;
  while ((await read()).length < rowsMin && Date.now() < deadlineAt) await sleep(25);
  await sleep(150);
  return read();
}
