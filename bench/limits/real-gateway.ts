import type { ReservationMode } from "#domain/budget.ts";
import { ask } from "#testing/ask.ts";
import { startTestDatabaseServer } from "#testing/database.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";

import { createRandom } from "./random.ts";

/** What one budget came to at a real gateway, over HTTP, with a ledger in PostgreSQL. */
export type RealRun = {
  mode: ReservationMode;
  parallel: number;
  calls: number;
  spentUsd: number;
  overshootCalls: number;
  /** Refused with 402 before the recorded costs had reached the limit. */
  falseRefusals: number;
  triedAgain: number;
  seconds: number;
};

const PARALLEL = 100;
const LIMIT = 1_000_000_000n;
const ANSWER_MS = 40;
const MEAN_TOKENS = 600;
const CALLS_MAX = 5_000;
/** A call's end is known to the millisecond. */
const TOLERANCE_MS = 5;

/** The same at the real process: a hundred clients, each making calls until one is refused. */
export async function measureRealGateway(): Promise<RealRun[]> {
  const server = await startTestDatabaseServer();
  process.env.TEST_DATABASE_SERVER = server.serverUrl; // where the fixture looks for it
  try {
    const gateway = await startTestGateway();
    try {
      return [await spendBudget(gateway, "expected"), await spendBudget(gateway, "guaranteed")];
    } finally {
      await gateway.stop();
    }
  } finally {
    await server.stop();
  }
}

async function spendBudget(gateway: TestGateway, mode: ReservationMode): Promise<RealRun> {
  const agent = await gateway.addAgent(`bench-${mode}`, { day: LIMIT, action: "block" });
  await gateway.pool.query("UPDATE agent_budgets SET reservation = $2 WHERE agent_id = $1", [agent.id, mode]);
  await new Promise((resolve) => setTimeout(resolve, 300)); // the gateway hears of it by itself
  const random = createRandom(1);
  const beganAtMs = performance.now();
  let triedAgain = 0;
  const client = async () => {
    for (let call = 0; call < CALLS_MAX; call += 1) {
      const output_tokens = Math.ceil(MEAN_TOKENS * Math.exp(random.normal() - 0.5));
      const script = { usage: { input_tokens: 100, output_tokens }, headersDelayMs: ANSWER_MS };
      const { status } = await ask(gateway.url, { key: agent.key, script, body: { max_tokens: 32_000 } });
      if (status === 429) triedAgain += 1;
      else if (status !== 200) return;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, client));
  const seconds = (performance.now() - beganAtMs) / 1_000;
  return { mode, parallel: PARALLEL, triedAgain, seconds, ...(await readLedger(gateway, agent)) };
}

async function readLedger(gateway: TestGateway, agent: TestAgent) {
  const rows = await gateway.ledger(agent, PARALLEL);
  const ended = rows
    .filter(({ outcome }) => outcome !== "refused")
    .map((row) => ({ cost: row.cost_nano_usd, atMs: row.admitted_at.getTime() + (row.latency_ms ?? 0) }))
    .sort((a, b) => a.atMs - b.atMs);
  const spentBy = (atMs: number) =>
    ended.filter((call) => call.atMs <= atMs + TOLERANCE_MS).reduce((sum, { cost }) => sum + cost, 0n);
  const refused = rows.filter(({ status }) => status === 402);
  const spent = spentBy(Number.POSITIVE_INFINITY);
  const atLimit = ended.filter(({ atMs }) => spentBy(atMs) >= LIMIT);
  const dearest = Math.max(1, ...atLimit.map(({ cost }) => Number(cost)));
  return {
    calls: ended.length,
    spentUsd: Number(spent) / 1e9,
    overshootCalls: spent > LIMIT ? Number(spent - LIMIT) / dearest : 0,
    falseRefusals: refused.filter((row) => spentBy(row.admitted_at.getTime()) < LIMIT).length,
  };
}
