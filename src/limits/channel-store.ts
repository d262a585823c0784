import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { NotificationChannel, Prisma, PrismaClient } from "#generated/prisma/client.ts";

export const CHANNEL_KINDS = ["email", "slack", "webhook"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Where messages go. `addresses` are told beside the people concerned. `url` and `secret` never leave the server. */
export type ChannelTarget =
  | { kind: "email"; addresses: readonly string[] }
  | { kind: "slack"; url: string }
  | { kind: "webhook"; url: string; secret: string };

export type Channel = {
  id: number;
  name: string;
  target: ChannelTarget;
  isEnabled: boolean;
  version: number;
  updatedAt: Date;
  updatedBy: string;
};

export type ChannelContent = Pick<Channel, "name" | "target" | "isEnabled">;

export type ChannelStore = ReturnType<typeof createChannelStore>;

const TURNED_OFF = "the channel was turned off";

/** The channels on which people are warned. Every change is written to the audit log in its own transaction, without secrets. */
export function createChannelStore(prisma: PrismaClient) {
  return {
    async list(): Promise<Channel[]> {
      const rows = await prisma.notificationChannel.findMany({ orderBy: { id: "asc" } });
      return rows.map(toChannel);
    },

    async byId(id: number): Promise<Channel | null> {
      const row = await prisma.notificationChannel.findUnique({ where: { id } });
      return row === null ? null : toChannel(row);
    },

    async insert(actor: Actor, content: ChannelContent): Promise<Channel> {
      return prisma.$transaction(async (transaction) => {
        const row = await transaction.notificationChannel.create({ data: toColumns(actor, content) });
        await recordChange(transaction, actor, {
          action: "notification_channel.create",
          subject: subjectOf(row.id),
          after: toAudited(content),
        });
        return toChannel(row);
      });
    },

    /**
     * Turning a channel off gives up what was waiting on it.
     * @returns null when somebody has changed or removed the channel since `version`
     */
    async update(actor: Actor, { id, version }: Pick<Channel, "id" | "version">, content: ChannelContent) {
      return prisma.$transaction(async (transaction) => {
        const before = await transaction.notificationChannel.findUnique({ where: { id } });
        const { count } = await transaction.notificationChannel.updateMany({
          where: { id, version },
          data: { ...toColumns(actor, content), version: { increment: 1 }, updatedAt: new Date() },
        });
        if (before === null || count === 0) return null;
        if (!content.isEnabled) {
          await transaction.notificationMessage.updateMany({
            where: { channelId: id, state: "pending" },
            data: { state: "failed", lastError: TURNED_OFF },
          });
        }
        await recordChange(transaction, actor, {
          action: "notification_channel.update",
          subject: subjectOf(id),
          before: toAudited(toChannel(before)),
          after: toAudited(content),
        });
        return toChannel(await transaction.notificationChannel.findUniqueOrThrow({ where: { id } }));
      });
    },

    /** With all its messages. @returns false when there is no such channel */
    async remove(actor: Actor, id: number): Promise<boolean> {
      return prisma.$transaction(async (transaction) => {
        const before = await transaction.notificationChannel.findUnique({ where: { id } });
        const { count } = await transaction.notificationChannel.deleteMany({ where: { id } });
        if (before === null || count === 0) return false;
        await recordChange(transaction, actor, {
          action: "notification_channel.remove",
          subject: subjectOf(id),
          before: toAudited(toChannel(before)),
        });
        return true;
      });
    },
  };
}

/** Reads a stored channel. */
export function toChannel(row: NotificationChannel): Channel {
  const { id, name, isEnabled, version, updatedAt, updatedBy } = row;
  return { id, name, target: toTarget(row.kind, row.config), isEnabled, version, updatedAt, updatedBy };
}

/** Whom a webhook goes to, as far as anybody may know. */
export function hostOf(url: string): string {
  return new URL(url).host;
}

/** Reads where a stored channel leads. */
export function toTarget(kind: string, config: unknown): ChannelTarget {
  const fields: Record<string, unknown> = typeof config === "object" && config !== null ? { ...config } : {};
  const [url, secret] = [String(fields.url ?? ""), String(fields.secret ?? "")];
  if (kind === "slack") return { kind, url };
  if (kind === "webhook") return { kind, url, secret };
  const addresses = Array.isArray(fields.addresses) ? fields.addresses.map(String) : [];
  return { kind: "email", addresses };
}

function toColumns(actor: Actor, { name, target, isEnabled }: ChannelContent) {
  const { kind, ...config } = target;
  const stored: Prisma.InputJsonObject = "addresses" in config ? { addresses: [...config.addresses] } : config;
  return { kind, name, config: stored, isEnabled, updatedBy: actor.name };
}

function toAudited({ name, target, isEnabled }: ChannelContent): Prisma.InputJsonObject {
  const where = target.kind === "email" ? { addresses: [...target.addresses] } : { host: hostOf(target.url) };
  return { name, kind: target.kind, ...where, isEnabled };
}

function subjectOf(id: number): string {
  return `notification_channel:${id}`;
}
