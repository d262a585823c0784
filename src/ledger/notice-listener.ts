import pg from "pg";

import type { Log } from "#log.ts";

const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 10_000;

/** A channel of PostgreSQL's notifications, in lower-case letters. */
export type NoticeChannel = "ledger" | "alerts";

/** Called with the payload of each notification, and with none whenever listening has begun: look at what there is. Must not throw. */
export type NoticeCallback = (payload: string | undefined) => void;

export type NoticeListener = ReturnType<typeof createNoticeListener>;

type Source = { databaseUrl: string; channel: NoticeChannel; log: Log };

/**
 * Listens to a channel on one connection of its own, opened with the first listener and reopened when it is lost. Notices
 * sent while it is lost are not made up for.
 */
export function createNoticeListener({ databaseUrl, channel, log }: Source) {
  const listeners = new Set<NoticeCallback>();
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
      log.warn({ channel, error: error?.message }, "lost the connection that tells of news");
      opened.end().catch(() => undefined); // it is lost already; there is nothing to close
      reconnect();
    };
    opened.on("error", onLost);
    opened.on("end", () => onLost());
    opened.on("notification", (notice) => {
      if (notice.channel !== channel) return;
      for (const listener of listeners) listener(notice.payload);
    });
    listen(opened, channel).then(() => {
      retryMs = RETRY_MS_MIN;
      for (const listener of listeners) listener(undefined);
    }, onLost);
  };

  return {
    /** Adds a listener; the returned function takes it away again. */
    subscribe(listener: NoticeCallback): () => void {
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

async function listen(client: pg.Client, channel: NoticeChannel): Promise<void> {
  await client.connect();
  await client.query(`LISTEN ${channel}`);
}
