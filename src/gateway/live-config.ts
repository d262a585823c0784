import pg from "pg";
import { z } from "zod";

import { BUDGET_ACTIONS } from "#domain/budget.ts";
import { BUILT_IN_PRICE_LIST, type PriceList, withPrices } from "#domain/price-list.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import { parseStoredPrice } from "#gateway/stored-price.ts";
import type { Log } from "#log.ts";

/** What the gateway decides with, as one consistent picture; it is replaced whole, never changed. */
export type ConfigSnapshot = {
  agentsByKeyHash: ReadonlyMap<string, KnownAgent>;
  agentsById: ReadonlyMap<number, KnownAgent>;
  prices: PriceList;
};

export type LiveConfig = {
  current(): ConfigSnapshot;
  stop(): Promise<void>;
};

const POLL_MS = 10_000;
const RECONNECT_MS = 1_000;
const CONNECT_MS_MAX = 5_000;

const agentRow = z.object({
  id: z.int(),
  agent_name: z.string(),
  key_hash: z.string(),
  daily_limit_nano_usd: z.bigint().nullable(),
  monthly_limit_nano_usd: z.bigint().nullable(),
  action_on_exceed: z.enum(BUDGET_ACTIONS).nullable(),
  warning_thresholds: z.array(z.int()).nullable(),
});

const AGENTS = `
SELECT agent_ownership.id, agent_name, encode(key_hash, 'hex') AS key_hash, daily_limit_nano_usd, monthly_limit_nano_usd,
  action_on_exceed, warning_thresholds
FROM agent_ownership LEFT JOIN agent_budgets ON agent_budgets.agent_id = agent_ownership.id
WHERE removed_at IS NULL`;

/**
 * Follows the agents, budgets and prices in the database: a change is here milliseconds after it was saved (a
 * notification), or within ten seconds where the notification was lost. While the database cannot be reached,
 * the last picture stays in force.
 */
export async function followConfig(source: { pool: pg.Pool; databaseUrl: string; log: Log }): Promise<LiveConfig> {
  const { pool, databaseUrl, log } = source;
  let snapshot = await loadSnapshot(pool, log);
  let reloading: Promise<void> | null = null;
  let isStale = false;
  let isStopped = false;

  const reload = () => {
    isStale = true;
    reloading ??= (async () => {
      while (isStale && !isStopped) {
        isStale = false;
        snapshot = await loadSnapshot(pool, log);
      }
    })()
      .catch((error: unknown) =>
        log.warn({ err: error }, "Agents and budgets could not be read again; the last ones stay in force"),
      )
      .finally(() => {
        reloading = null;
      });
  };
  const stopListening = listen({ databaseUrl, onChange: reload, log });
  const poll = setInterval(reload, POLL_MS);

  return {
    current: () => snapshot,
    async stop() {
      isStopped = true;
      clearInterval(poll);
      await stopListening();
      await reloading;
    },
  };
}

/** Keeps one connection open for notifications, and makes a new one when it is lost. */
function listen(source: { databaseUrl: string; onChange: () => void; log: Log }): () => Promise<void> {
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let isStopped = false;
  const connect = async () => {
    const next = new pg.Client({
      connectionString: source.databaseUrl,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS_MAX,
    });
    const reconnect = () => {
      if (isStopped || client !== next) return;
      client = null;
      retry = setTimeout(() => void connect(), RECONNECT_MS);
    };
    client = next;
    next.on("error", reconnect);
    next.on("end", reconnect);
    next.on("notification", source.onChange);
    try {
      await next.connect();
      await next.query("LISTEN gateway_config");
      source.onChange(); // what changed while nobody listened
    } catch (error) {
      source.log.warn({ err: error }, "Changes cannot be listened for; trying again");
      reconnect();
    }
  };
  void connect();
  return async () => {
    isStopped = true;
    if (retry !== null) clearTimeout(retry);
    await client?.end().catch(() => undefined); // already gone is as good as closed
  };
}

async function loadSnapshot(pool: pg.Pool, log: Log): Promise<ConfigSnapshot> {
  const [agents, prices] = await Promise.all([
    pool.query(AGENTS),
    pool.query("SELECT model, effective_from, price FROM model_prices"),
  ]);
  const known = z.array(agentRow).parse(agents.rows).map(toKnownAgent);
  const extra = prices.rows.flatMap((row) => {
    const price = parseStoredPrice(row);
    if (price === null) log.error({ model: row.model }, "A stored price is not usable and was passed over");
    return price ?? [];
  });
  return {
    agentsByKeyHash: new Map(known.map(({ keyHash, agent }) => [keyHash, agent])),
    agentsById: new Map(known.map(({ agent }) => [agent.id, agent])),
    prices: withPrices(BUILT_IN_PRICE_LIST, extra),
  };
}

function toKnownAgent(row: z.infer<typeof agentRow>): { keyHash: string; agent: KnownAgent } {
  const { action_on_exceed: actionOnExceed, warning_thresholds: warningThresholds } = row;
  const limits = { day: row.daily_limit_nano_usd, month: row.monthly_limit_nano_usd };
  const budget =
    actionOnExceed === null || warningThresholds === null ? null : { limits, actionOnExceed, warningThresholds };
  return { keyHash: row.key_hash, agent: { id: row.id, name: row.agent_name, budget } };
}
