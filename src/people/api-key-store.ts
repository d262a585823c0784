import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";
import { type Account, toAccount } from "#people/account-store.ts";

export const API_KEY_SCOPES = ["costs:read", "chat", "limits:write"] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A key as its creator sees it; of the key itself only the last 4 characters are left. */
export type ApiKey = {
  id: string;
  name: string;
  keyHint: string;
  scopes: ApiKeyScope[];
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

type NewApiKey = { name: string; scopes: readonly ApiKeyScope[]; keyHash: Uint8Array<ArrayBuffer>; keyHint: string };

export type ApiKeyStore = ReturnType<typeof createApiKeyStore>;

/** The keys of programs. Every change is written to the audit log in its own transaction. */
export function createApiKeyStore(prisma: PrismaClient) {
  return {
    async list(userId: string): Promise<ApiKey[]> {
      const rows = await prisma.apiKey.findMany({ where: { userId }, orderBy: { createdAt: "desc" } });
      return rows.map(({ id, name, keyHint, scopes, createdAt, lastUsedAt, revokedAt }) => ({
        ...{ id, name, keyHint, createdAt, lastUsedAt, revokedAt },
        scopes: toScopes(scopes),
      }));
    },

    activeCount: (userId: string): Promise<number> => prisma.apiKey.count({ where: { userId, revokedAt: null } }),

    async insert(actor: Actor, key: NewApiKey): Promise<string> {
      const { name, keyHint } = key;
      const scopes = [...key.scopes];
      return prisma.$transaction(async (transaction) => {
        const { id } = await transaction.apiKey.create({ data: { ...key, scopes, userId: actor.userId } });
        await recordChange(transaction, actor, {
          action: "api_key.create",
          subject: `api_key:${id}`,
          after: { name, keyHint, scopes },
        });
        return id;
      });
    },

    /** @returns false when the actor has no such key in use */
    async revoke(actor: Actor, id: string, at: Date): Promise<boolean> {
      return prisma.$transaction(async (transaction) => {
        const where = { id, userId: actor.userId, revokedAt: null };
        const before = await transaction.apiKey.findFirst({ where });
        const { count } = await transaction.apiKey.updateMany({ where, data: { revokedAt: at } });
        if (before === null || count === 0) return false;
        const { name, keyHint, scopes } = before;
        await recordChange(transaction, actor, {
          action: "api_key.revoke",
          subject: `api_key:${id}`,
          before: { name, keyHint, scopes },
        });
        return true;
      });
    },

    /** The key that is in use under this hash, with its creator as the account is now. */
    async byHash(keyHash: Uint8Array<ArrayBuffer>) {
      const row = await prisma.apiKey.findFirst({ where: { keyHash, revokedAt: null }, include: { user: true } });
      if (row === null) return null;
      const creator: Account = toAccount(row.user);
      return { id: row.id, scopes: toScopes(row.scopes), lastUsedAt: row.lastUsedAt, creator };
    },

    /** Notes the use, unless one after `notAfter` is noted already. */
    async noteUse(id: string, at: Date, notAfter: Date): Promise<void> {
      await prisma.apiKey.updateMany({
        where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: notAfter } }] },
        data: { lastUsedAt: at },
      });
    },
  };
}

function toScopes(texts: readonly string[]): ApiKeyScope[] {
  return API_KEY_SCOPES.filter((scope) => texts.includes(scope));
}
