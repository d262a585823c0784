import pg from "pg";

import type { Log } from "#log.ts";

const CHANNEL = "ledger";
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 10_000;

/** The agents whose calls have just reached the ledger; "all" when they are too many to name. */
export type LedgerNotice = number[] | "all";

/** Called for each notice. Must not throw. */
export type LedgerListener = (agentIds: LedgerNotice) => void;

export type LedgerNotices = ReturnType<typeof createLedgerNotices>;

/**
 * Listens to the ledger writer's notifications on one connection of its own, opened with the first listener
 * and reopened when it is lost. Notices sent while it is lost are not made up for: they only say "look again".
 */
export function createLedgerNotices(databaseUrl: string, log: Log) {
  const listeners = new Set<LedgerListener>();
  let client: pg.Client | null = null;
  let retryTimer: NodeJS.Timeout | null = null;
  let retryMs = RETRY_MS_MIN;
  let isClosed = false;

  const reconnect = (): void => {
    client = null;
    if (isClosed || retryTimer !== null || listeners.size === 0) return;
    retryTimer = setTimeout(() => {
      retryTimer = null;
      connect();
    }, retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
  };

  const connect = (): void => {
    if (client !== null || isClosed) return;
    const opened = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, keepAlive: true });
    client = opened;
    const onLost = (error?: Error): void => {
      if (client !== opened) return;
      log.warn({ error: error?.message }, "lost the connection that tells when calls reach the ledger");
      opened.end().catch(() => undefined); // it is lost already; there is nothing to close
      reconnect();
    };
    opened.on("error", onLost);
    opened.on("end", () => onLost());
    opened.on("notification", (message) => {
      if (message.channel !== CHANNEL) return;
      const agentIds = parseNotice(message.payload);
      for (const listener of listeners) listener(agentIds);
    });
    listen(opened).then(() => {
      retryMs = RETRY_MS_MIN;
    }, onLost);
  };

  return {
    /** Adds a listener; the returned function takes it away again. */
    subscribe(listener: LedgerListener): () => void {
      listeners.add(listener);
      if (retryTimer === null) connect();
      return () => listeners.delete(listener);
    },

    /** Stops listening for good. */
    async close(): Promise<void> {
      isClosed = true;
      if (retryTimer !== null) clearTimeout(retryTimer);
      listeners.clear();
      const open = client;
      client = null;
      await open?.end().catch(() => undefined); // closing what is broken is no failure
    },
  };
}

async function listen(client: pg.Client): Promise<void> {
  await client.connect();
  await client.query(`LISTEN ${CHANNEL}`);
}

/** The agents of a payload `{"agentIds":[…]}` or `{"agentIds":"all"}`; anything else names no agent. */
export function parseNotice(payload: string | undefined): LedgerNotice {
  try {
    const notice: unknown = JSON.parse(payload ?? "");
    if (typeof notice !== "object" || notice === null || !("agentIds" in notice)) return [];
    if (notice.agentIds === "all") return "all";
    return Array.isArray(notice.agentIds) ? notice.agentIds.filter((id) => Number.isSafeInteger(id)) : [];
  } catch {
    return []; // not ours: whoever can write to the channel must not be able to stop it
  }
}
