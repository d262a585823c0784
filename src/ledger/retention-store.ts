import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import { KEPT_DAYS_USUAL, type KeptDays, keptDaysProblem } from "#domain/retention.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";

const KEY = "calls_kept_days";
const FOR_EVER = "for ever";

/** A count that stops at `COUNTED_MAX`, since nobody needs to wait for millions of rows. */
export type CappedCount = { count: number; isMore: boolean };
export const COUNTED_MAX = 100_000;

export type RetentionStore = ReturnType<typeof createRetentionStore>;

/** How long calls are kept. A change is written to the audit log in its own transaction. */
export function createRetentionStore(prisma: PrismaClient) {
  return {
    read: (): Promise<KeptDays> => readSetting(prisma),

    save: (actor: Actor, keptDays: KeptDays): Promise<void> =>
      prisma.$transaction(async (transaction) => {
        await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${KEY}))`;
        const before = await readSetting(transaction);
        const value = keptDays ?? FOR_EVER;
        await transaction.setting.upsert({
          where: { key: KEY },
          create: { key: KEY, value },
          update: { value, updatedAt: new Date() },
        });
        await recordChange(transaction, actor, {
          action: "retention.set",
          subject: "calls",
          before: { keptDays: before },
          after: { keptDays },
        });
      }),

    /** When the oldest call that is kept was admitted; null: there is none. */
    async oldest(): Promise<Date | null> {
      const [row] = await prisma.$queryRaw<{ at: Date }[]>`
        SELECT admitted_at AS at FROM llm_requests ORDER BY admitted_at LIMIT 1`;
      return row?.at ?? null;
    },

    /** How many calls were admitted before an instant. */
    async countBefore(at: Date): Promise<CappedCount> {
      const [row] = await prisma.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count
        FROM (SELECT FROM llm_requests WHERE admitted_at < ${at} LIMIT ${COUNTED_MAX + 1}) AS older`;
      const count = row?.count ?? 0;
      return { count: Math.min(count, COUNTED_MAX), isMore: count > COUNTED_MAX };
    },
  };
}

async function readSetting(prisma: Pick<Prisma.TransactionClient, "setting">): Promise<KeptDays> {
  const value = (await prisma.setting.findUnique({ where: { key: KEY } }))?.value;
  if (value === FOR_EVER) return null;
  // What cannot be read removes nothing that the usual setting would keep.
  return typeof value === "number" && keptDaysProblem(value) === null ? value : KEPT_DAYS_USUAL;
}
