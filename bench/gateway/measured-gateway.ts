import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";

import { createVirtualKey } from "#agents/agent-token.ts";
import { probePort } from "#supervisor/free-port.ts";

import { type BenchProcess, startBenchProcess } from "./bench-process.ts";

/** Our gateway as in production, with one agent, and its ledger. */
export type MeasuredGateway = {
  process: BenchProcess;
  agentKey: string;
  /**
   * Waits until the ledger's sums hold so many calls, so that writing them disturbs nobody's turn. Resolves with
   * the milliseconds that took; gives up when nothing moves for ten seconds.
   */
  drained(calls: number): Promise<number>;
  readLedger(): Promise<Ledger>;
  end(): Promise<void>;
};

/** What the ledger says of all calls, and whether its parts agree. */
export type Ledger = { calls: number; completed: number; ids: number; costNanoUsd: bigint; spentTodayNanoUsd: bigint };

/** High enough never to be reached; the check is the same as for one that is. */
const LIMIT_NANO_USD = "1000000000000000";
const STALLED_MS_MAX = 10_000;

export async function startMeasuredGateway(start: {
  program: string;
  folder: string;
  databaseUrl: string;
  upstreamUrl: string;
  /** Settings on top. */
  env?: Record<string, string>;
}): Promise<MeasuredGateway> {
  const database = new pg.Client({ connectionString: start.databaseUrl });
  database.on("error", () => undefined); // the next query says so
  await database.connect();
  const agentKey = await addAgent(database);
  const dataDir = path.join(start.folder, "gateway");
  await mkdir(dataDir, { recursive: true });
  const env = {
    DATABASE_URL: start.databaseUrl,
    DATA_DIR: dataDir,
    GATEWAY_PORT: String(await probePort(0)),
    ANTHROPIC_UPSTREAM_URL: start.upstreamUrl,
    ANTHROPIC_API_KEY: "sk-ant-bench-the-gateways-own",
    ...start.env,
  };
  const started = startBenchProcess({ command: process.execPath, args: [start.program], env, ready: "message" });
  const gateway = await started.catch(async (error: unknown) => {
    await database.end();
    throw error;
  });
  return {
    process: gateway,
    agentKey,
    drained: (calls) => untilDrained(database, calls),
    readLedger: () => readLedger(database),
    async end() {
      await gateway.end();
      await database.end();
    },
  };
}

async function addAgent(database: pg.Client): Promise<string> {
  const { key, hash, hint } = createVirtualKey();
  const insert = "INSERT INTO agent_ownership (agent_name, key_hash, key_hint) VALUES ('bench', $1, $2) RETURNING id";
  const { rows } = await database.query<{ id: number }>(insert, [hash, hint]);
  await database.query(
    `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, monthly_limit_nano_usd, action_on_exceed, updated_by)
     VALUES ($1, $2, $2, 'block', 'bench')`,
    [rows[0]?.id, LIMIT_NANO_USD],
  );
  return key;
}

async function untilDrained(database: pg.Client, calls: number): Promise<number> {
  const beganAtMs = performance.now();
  let [drained, movedAtMs] = [-1, beganAtMs];
  for (;;) {
    const { rows } = await database.query<{ calls: number }>(
      "SELECT coalesce(sum(requests), 0)::int AS calls FROM usage_days",
    );
    const now = rows[0]?.calls ?? 0;
    if (now >= calls || performance.now() - movedAtMs > STALLED_MS_MAX) return performance.now() - beganAtMs;
    if (now !== drained) [drained, movedAtMs] = [now, performance.now()];
    await sleep(5);
  }
}

async function readLedger(database: pg.Client): Promise<Ledger> {
  const { rows } = await database.query<Record<"calls" | "completed" | "ids" | "cost" | "spent", string>>(
    `SELECT count(*) AS calls, count(*) FILTER (WHERE outcome = 'completed') AS completed, count(DISTINCT id) AS ids,
       coalesce(sum(cost_nano_usd), 0) AS cost,
       (SELECT coalesce(sum(cost_nano_usd), 0) FROM usage_days) AS spent
     FROM llm_requests`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error("The ledger could not be read");
  return {
    calls: Number(row.calls),
    completed: Number(row.completed),
    ids: Number(row.ids),
    costNanoUsd: BigInt(row.cost),
    spentTodayNanoUsd: BigInt(row.spent),
  };
}
