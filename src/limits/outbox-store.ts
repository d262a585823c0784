import { v7 as uuid } from "uuid";

import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { AlertFacts } from "#domain/alert.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";
import type { AlertMessage } from "#limits/alert-message.ts";
import { ALERT_CONTEXT, toAlertFacts } from "#limits/alert-store.ts";
import { type Channel, type ChannelTarget, toChannel, toTarget } from "#limits/channel-store.ts";

/** An alert that nobody has been told of, with those who are to be told. */
export type OpenAlert = {
  id: bigint;
  budget: string;
  facts: AlertFacts;
  /** Null: the agent has no owner who can sign in. */
  ownerEmail: string | null;
};

export type NewMessage = { alertId: bigint | null; channelId: number; recipient: string; message: AlertMessage };

/** A message that this process is delivering: nobody else does so before `next_attempt_at`. */
export type ClaimedMessage = {
  id: string;
  /** With this one. */
  attempts: number;
  channelId: number;
  recipient: string;
  message: unknown;
  target: ChannelTarget;
};

/** How a delivery ended: `nextAttemptAt` null means for good. */
export type Settlement = { at: Date; error: string | null; nextAttemptAt: Date | null };

export type OutboxStore = ReturnType<typeof createOutboxStore>;

const ALERTS_PER_DISPATCH = 50;

type ClaimedRow = {
  id: string;
  attempts: number;
  channel_id: number;
  recipient: string;
  message: unknown;
  kind: string;
  config: Prisma.JsonValue;
};

/** Messages on their way: none is lost with the process, and several portals do not send the same one. */
export function createOutboxStore(prisma: PrismaClient) {
  return {
    /**
     * Turns alerts that nobody has been told of into messages, all or nothing. Returns how many alerts it took; alerts that
     * another portal has in hand are left to it. `plan` gives the messages of one alert.
     */
    async dispatch(at: Date, plan: (alert: OpenAlert, channels: Channel[], admins: string[]) => Promise<NewMessage[]>) {
      return prisma.$transaction(async (transaction) => {
        const locked = await transaction.$queryRaw<{ id: bigint }[]>`
          SELECT id FROM alerts WHERE dispatched_at IS NULL ORDER BY id
          LIMIT ${ALERTS_PER_DISPATCH} FOR UPDATE SKIP LOCKED`;
        if (locked.length === 0) return 0;
        const ids = locked.map(({ id }) => id);
        const [alerts, channels, admins] = await readContext(transaction, ids);
        const messages = (await Promise.all(alerts.map((alert) => plan(alert, channels, admins)))).flat();
        const data = messages.map((message) => ({ ...message, id: uuid(), createdAt: at, nextAttemptAt: at }));
        await transaction.notificationMessage.createMany({ data, skipDuplicates: true });
        await transaction.alert.updateMany({ where: { id: { in: ids } }, data: { dispatchedAt: at } });
        return ids.length;
      });
    },

    /** Takes the longest due message of each channel that is not busy, until `leaseEndsAt`. */
    async claim(at: Date, leaseEndsAt: Date, busyChannels: readonly number[]): Promise<ClaimedMessage[]> {
      const rows = await prisma.$queryRaw<ClaimedRow[]>`
        UPDATE notification_outbox AS claimed SET attempts = attempts + 1, next_attempt_at = ${leaseEndsAt}
        FROM notification_channels AS channel
        WHERE channel.id = claimed.channel_id AND claimed.id IN (
          SELECT id FROM notification_outbox WHERE state = 'pending' AND next_attempt_at <= ${at} AND id IN (
            SELECT DISTINCT ON (channel_id) due.id
            FROM notification_outbox AS due JOIN notification_channels AS open ON open.id = due.channel_id
            WHERE state = 'pending' AND next_attempt_at <= ${at} AND is_enabled
              AND channel_id <> ALL (${[...busyChannels]}::int[])
            ORDER BY channel_id, next_attempt_at, due.id
          ) FOR UPDATE SKIP LOCKED
        )
        RETURNING claimed.id, attempts, channel_id, recipient, message, channel.kind, channel.config`;
      return rows.map(toClaimed);
    },

    /** Notes the end of an attempt, unless somebody else has taken the message since. */
    async settle({ id, attempts }: Pick<ClaimedMessage, "id" | "attempts">, settlement: Settlement): Promise<void> {
      await prisma.notificationMessage.updateMany({
        where: { id, attempts, state: "pending" },
        data: toOutcome(settlement),
      });
    },

    /** A message of the test button, claimed by whoever pressed it: it is tried once. */
    async insertClaimed(message: NewMessage, at: Date, leaseEndsAt: Date): Promise<ClaimedMessage> {
      const { id, attempts, channelId, recipient, ...row } = await prisma.notificationMessage.create({
        data: { ...message, id: uuid(), attempts: 1, createdAt: at, nextAttemptAt: leaseEndsAt },
        include: { channel: true },
      });
      return { id, attempts, channelId, recipient, message: row.message, target: toChannel(row.channel).target };
    },

    /** The delivery log, the newest first, from before `cursor` on. */
    async log({ cursor, limit, channelId }: { cursor: string | null; limit: number; channelId: number | null }) {
      const rows = await prisma.notificationMessage.findMany({
        where: {
          ...(channelId === null ? {} : { channelId }),
          ...(cursor === null ? {} : { id: { lt: cursor } }),
        },
        include: { channel: { select: { name: true, kind: true } } },
        orderBy: { id: "desc" },
        take: limit,
      });
      return rows;
    },

    /** Sends a message that was given up once more. @returns false when there is no such message */
    async retry(actor: Actor, id: string, at: Date): Promise<boolean> {
      return prisma.$transaction(async (transaction) => {
        const { count } = await transaction.notificationMessage.updateMany({
          where: { id, state: "failed", channel: { isEnabled: true } },
          data: { state: "pending", attempts: 0, nextAttemptAt: at },
        });
        if (count === 0) return false;
        await recordChange(transaction, actor, { action: "notification.retry", subject: `notification:${id}` });
        return true;
      });
    },

    async emailOf(userId: string): Promise<string | null> {
      return (await prisma.user.findUnique({ where: { id: userId } }))?.email ?? null;
    },
  };
}

async function readContext(transaction: Prisma.TransactionClient, ids: bigint[]) {
  const owner = { select: { email: true, disabledAt: true } };
  const agent = { select: { ...ALERT_CONTEXT.agent.select, owner } };
  const [rows, channels, admins] = await Promise.all([
    transaction.alert.findMany({
      where: { id: { in: ids } },
      include: { ...ALERT_CONTEXT, agent },
      orderBy: { id: "asc" },
    }),
    transaction.notificationChannel.findMany({ where: { isEnabled: true }, orderBy: { id: "asc" } }),
    transaction.user.findMany({ where: { role: "admin", disabledAt: null }, select: { email: true } }),
  ]);
  const alerts = rows.map((row): OpenAlert => {
    const owned = row.agent?.owner ?? null;
    const ownerEmail = owned === null || owned.disabledAt !== null ? null : owned.email;
    return { id: row.id, budget: row.budget, facts: toAlertFacts(row), ownerEmail };
  });
  return [alerts, channels.map(toChannel), admins.map(({ email }) => email)] as const;
}

function toClaimed(row: ClaimedRow): ClaimedMessage {
  const { id, attempts, channel_id: channelId, recipient, message } = row;
  return { id, attempts, channelId, recipient, message, target: toTarget(row.kind, row.config) };
}

function toOutcome({ at, error, nextAttemptAt }: Settlement): Prisma.NotificationMessageUpdateManyMutationInput {
  if (error === null) return { state: "delivered", deliveredAt: at, lastError: null };
  return nextAttemptAt === null ? { state: "failed", lastError: error } : { lastError: error, nextAttemptAt };
}
