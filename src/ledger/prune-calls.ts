import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";

/** Rows that refer to a call (what waits for Helicone) go with it; sums are rows of their own and stay. */
const REMOVE = `
WITH old AS (
  SELECT id FROM llm_requests WHERE admitted_at < $1 ORDER BY admitted_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM llm_requests USING old WHERE llm_requests.id = old.id`;
const LOCK = "SELECT pg_try_advisory_lock(hashtext('prune_calls')) AS is_ours";

export const PRUNED_AT_ONCE = 5_000;
const PAUSE_MS = 200;
const QUERY_TIMEOUT_MS = 120_000;

export type Pruning = {
  databaseUrl: string;
  /** Asked before each batch, so that a longer setting holds at once; null: nothing is to go. */
  since: () => Promise<Date | null>;
  isStopped: () => boolean;
  onError: (error: Error) => void;
  batch?: number;
};

/**
 * Removes calls from before `since`, oldest first, a batch and a pause at a time: the ledger's writer only adds rows, so it
 * waits for none of this. @returns how many went; null where another portal is at it. Errors: PostgreSQL's own.
 */
export async function pruneCalls(pruning: Pruning): Promise<number | null> {
  const { databaseUrl, onError } = pruning;
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  client.on("error", onError);
  try {
    await client.connect();
    const { rows } = await client.query<{ is_ours: boolean }>(LOCK);
    return rows[0]?.is_ours === true ? await removeBatches(client, pruning) : null;
  } finally {
    await client.end(); // the lock is the connection's, and ends with it
  }
}

async function removeBatches(
  client: pg.Client,
  { since, isStopped, batch = PRUNED_AT_ONCE }: Pruning,
): Promise<number> {
  let removed = 0;
  while (!isStopped()) {
    const before = await since();
    if (before === null) return removed;
    const { rowCount } = await client.query(REMOVE, [before, batch]);
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < batch) return removed;
    await pause(PAUSE_MS);
  }
  return removed;
}
