import pg from "pg";
import { z } from "zod";

import { DEFAULT_LOG_CONTENT, LOG_CONTENT_SETTING, LOG_CONTENTS, type LogContent } from "#domain/helicone-log.ts";
import { BUILT_IN_PRICE_LIST, type PriceList, withPrices } from "#domain/price-list.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import { type LimitedAgent, readSavedLimits } from "#gateway/saved-limits.ts";
import { parseStoredPrice } from "#ledger/stored-price.ts";
import type { AgentLimits } from "#limits/admission.ts";
import type { Log } from "#log.ts";

/** What the gateway decides with, as one consistent picture; it is replaced whole, never changed. */
export type ConfigSnapshot = {
  agentsByKeyHash: ReadonlyMap<string, KnownAgent>;
  agentsById: ReadonlyMap<number, KnownAgent>;
  /** What limits each agent, also of those removed lately: what they spent counts in budgets that they shared. */
  limits: ReadonlyMap<number, AgentLimits>;
  prices: PriceList;
  /** What Helicone is told of each agent's calls, where it is told of them afterwards. */
  logContents: ReadonlyMap<number, LogContent>;
};

export type LiveConfig = {
  current(): ConfigSnapshot;
  /** Calls `tell` with the current picture, now and whenever there is another one. One listener. */
  onChange(tell: (snapshot: ConfigSnapshot) => void): void;
  stop(): Promise<void>;
};

const POLL_MS = 10_000;
const RECONNECT_MS = 1_000;
const CONNECT_MS_MAX = 5_000;

const agentRow = z.object({
  id: z.int(),
  agent_name: z.string(),
  owner_id: z.string().nullable(),
  type: z.string().nullable(),
  key_hash: z.string(),
  pool_id: z.int().nullable(),
  paused_at: z.date().nullable(),
  is_removed: z.boolean(),
  log_content: z.enum(LOG_CONTENTS).catch(DEFAULT_LOG_CONTENT),
});

const AGENTS = `
SELECT agent_ownership.id, agent_name, owner_id, type, encode(key_hash, 'hex') AS key_hash, budget_pools.id AS pool_id, paused_at,
  agent_ownership.removed_at IS NOT NULL AS is_removed,
  coalesce(helicone_log_content, (SELECT value #>> '{}' FROM settings WHERE key = '${LOG_CONTENT_SETTING}')) AS log_content
FROM agent_ownership LEFT JOIN budget_pools ON budget_pools.id = pool_id AND budget_pools.removed_at IS NULL
WHERE agent_ownership.removed_at IS NULL OR agent_ownership.removed_at > now() - interval '40 days'`;

/**
 * Follows the agents, their limits and the prices in the database: a change is here milliseconds after it was saved (a
 * notification), or within ten seconds where the notification was lost. While the database cannot be reached,
 * the last picture stays in force.
 */
export async function followConfig(source: { pool: pg.Pool; databaseUrl: string; log: Log }): Promise<LiveConfig> {
  const { pool, databaseUrl, log } = source;
  let snapshot = await loadSnapshot(pool, log);
  let reloading: Promise<void> | null = null;
  let isStale = false;
  let isStopped = false;
  let tell: (snapshot: ConfigSnapshot) => void = () => undefined;

  const reload = () => {
    isStale = true;
    reloading ??= (async () => {
      while (isStale && !isStopped) {
        isStale = false;
        snapshot = await loadSnapshot(pool, log);
        tell(snapshot);
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
    onChange(listener) {
      tell = listener;
      tell(snapshot);
    },
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
  const [agents, limitsOf, prices] = await Promise.all([
    pool.query(AGENTS).then(({ rows }) => z.array(agentRow).parse(rows)),
    readSavedLimits(pool, log),
    pool.query("SELECT model, effective_from, price FROM model_prices"),
  ]);
  const limits = limitsOf(agents.map(toLimitedAgent));
  const known = agents.flatMap((row) => toKnownAgent(row, limits.get(row.id)));
  const extra = prices.rows.flatMap((row) => {
    const price = parseStoredPrice(row);
    if (price === null) log.error({ model: row.model }, "A stored price is not usable and was passed over");
    return price ?? [];
  });
  return {
    agentsByKeyHash: new Map(known.map(({ keyHash, agent }) => [keyHash, agent])),
    agentsById: new Map(known.map(({ agent }) => [agent.id, agent])),
    limits,
    prices: withPrices(BUILT_IN_PRICE_LIST, extra),
    logContents: new Map(agents.map((row) => [row.id, row.log_content])),
  };
}

function toLimitedAgent(row: z.infer<typeof agentRow>): LimitedAgent {
  return { id: row.id, poolId: row.pool_id, pausedAt: row.paused_at, isRemoved: row.is_removed };
}

function toKnownAgent(
  row: z.infer<typeof agentRow>,
  limits: AgentLimits | undefined,
): { keyHash: string; agent: KnownAgent }[] {
  if (limits === undefined || limits.isRemoved) return [];
  return [
    {
      keyHash: row.key_hash,
      agent: { id: row.id, name: row.agent_name, ownerId: row.owner_id, type: row.type, ...limits },
    },
  ];
}
