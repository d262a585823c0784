import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type pg from "pg";

import { createPool } from "#db.ts";
import type { Actor } from "#domain/agent.ts";
import { createNoticeListener } from "#ledger/notice-listener.ts";
import { createAlertForecastStore } from "#limits/alert-forecast-store.ts";
import { createChannelStore } from "#limits/channel-store.ts";
import { createNotifications, type Notifications } from "#limits/notifications.ts";
import { createOutboxStore } from "#limits/outbox-store.ts";
import { createLog } from "#log.ts";
import { createPrisma } from "#prisma-client.ts";
import { createTestDatabase } from "#testing/database.ts";
import { startMailServer, startReceiver } from "#testing/message-receivers.ts";

export const ADA: Actor = { userId: randomUUID(), name: "Ada", role: "admin" };
const OLGA: Actor = { userId: randomUUID(), name: "Olga", role: "owner" };
export const LINK_BASE = "https://llm.example.com";
const SILENT = createLog("test", "silent");

export type OutboxRow = { id: string; recipient: string; state: string; attempts: number; last_error: string | null };

type Settings = Parameters<typeof createNotifications>[0]["settings"];

export type TestWarnings = Awaited<ReturnType<typeof createTestWarnings>>;

/** A database with the admin Ada and Olga's agent `builder`, and what sends warnings about it. All ends with `close`. */
export async function createTestWarnings() {
  const database = await createTestDatabase();
  const pool = createPool(database.databaseUrl, { max: 2, onError: () => undefined });
  const prisma = createPrisma(database.databaseUrl);
  const stores = {
    channels: createChannelStore(prisma),
    outbox: createOutboxStore(prisma),
    forecasts: createAlertForecastStore(prisma),
  };
  const time = { now: new Date("2026-11-24T12:00:00Z") };
  const closing: (() => Promise<unknown>)[] = [];
  await insertCast(pool);

  const outbox = async (): Promise<OutboxRow[]> => {
    const columns = "id, recipient, state, attempts, last_error";
    return (await pool.query<OutboxRow>(`SELECT ${columns} FROM notification_outbox ORDER BY recipient`)).rows;
  };

  return {
    pool,
    outboxStore: stores.outbox,
    time,
    outbox,

    /** As `platform.ts` puts it together; its worker stands still until it is started. */
    openNotifications(settings: Partial<Settings> = {}): Notifications {
      const notices = createNoticeListener({ databaseUrl: database.databaseUrl, channel: "alerts", log: SILENT });
      const notifications = createNotifications({
        stores,
        settings: { ...SETTINGS, ...settings },
        onAlerts: (listener) => notices.subscribe(listener),
        portalUrl: LINK_BASE,
        clock: () => time.now,
        log: SILENT,
      });
      closing.push(notices.close, notifications.worker.close);
      return notifications;
    },

    async mailServer(options?: Parameters<typeof startMailServer>[0]) {
      const server = await startMailServer(options);
      closing.push(() => server.close());
      return server;
    },

    async receiver(answer?: Parameters<typeof startReceiver>[0]) {
      const receiver = await startReceiver(answer);
      closing.push(() => receiver.close());
      return receiver;
    },

    /** As the gateway records that a call has reached a threshold: $8.12 of $10. */
    async raiseAlert(thresholdPercent = 80): Promise<void> {
      await pool.query(RAISE, [thresholdPercent]);
    },

    /** Until the outbox has so many messages, and each is as wanted. */
    async untilEach(count: number, isAsWanted: (row: OutboxRow) => boolean): Promise<void> {
      await until(async () => {
        const rows = await outbox();
        return rows.length === count && rows.every(isAsWanted);
      });
    },

    async close(): Promise<void> {
      for (const close of closing.reverse()) await close();
      await prisma.$disconnect();
      await pool.end();
      await database.drop();
    },
  };
}

const SETTINGS: Settings = {
  smtpUrl: undefined,
  mailFrom: "Trinity <trinity@example.com>",
  webhookNetworks: ["127.0.0.1"],
};

const RAISE = `
INSERT INTO alerts (budget, agent_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd, crossed_at)
SELECT 'agent:' || id, id, 'day', '2026-11-24T00:00:00Z', $1, 10000000000, 8120000000, '2026-11-24T11:59:58Z'
FROM agent_ownership`;

async function insertCast(pool: pg.Pool): Promise<void> {
  for (const { userId, name, role } of [ADA, OLGA]) {
    await pool.query("INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, '')", [
      userId,
      `${name.toLowerCase()}@example.com`,
      name,
      role,
    ]);
  }
  await pool.query(
    `INSERT INTO agent_ownership (agent_name, owner_id, key_hash, key_hint) VALUES ('builder', $1, '\\x01', 'hint')`,
    [OLGA.userId],
  );
}

/** A channel for mail, with fixed addresses. */
export function addMailChannel({ channels }: Notifications, addresses: string[] = []) {
  return channels.create(ADA, "email", { name: "Mail", isEnabled: true, addresses, url: null });
}

/** A channel for a webhook. */
export function addHook({ channels }: Notifications, kind: "slack" | "webhook", url: string) {
  return channels.create(ADA, kind, { name: kind, isEnabled: true, addresses: [], url });
}

/** Waits, at most 15 seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error("it did not happen in 15 seconds");
}
