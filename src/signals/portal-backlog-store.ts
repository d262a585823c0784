import type { PrismaClient } from "#prisma-client.ts";

/** What waits in the database for the portal to do it; ages in seconds. */
export type PortalBacklog = {
  /** Messages by mail or webhook that are on their way, those that nobody got, and how long the oldest on its way waits. */
  waiting: number;
  failed: number;
  oldestSeconds: number;
  /** Since the ledger was last compared with Helicone; null: it never was. */
  comparedSecondsAgo: number | null;
};

export type PortalBacklogStore = ReturnType<typeof createPortalBacklogStore>;

export function createPortalBacklogStore(prisma: PrismaClient) {
  return {
    async read(): Promise<PortalBacklog> {
      const [row] = await prisma.$queryRaw<PortalBacklog[]>`
        SELECT (SELECT count(*)::int FROM notification_outbox WHERE state = 'pending') AS waiting,
          (SELECT count(*)::int FROM notification_outbox WHERE state = 'failed') AS failed,
          coalesce((SELECT extract(epoch FROM now() - min(created_at))::float8 FROM notification_outbox
            WHERE state = 'pending'), 0) AS "oldestSeconds",
          (SELECT extract(epoch FROM now() - max(checked_at))::float8 FROM helicone_day_checks) AS "comparedSecondsAgo"`;
      if (row === undefined) throw new Error("a query without FROM has one row");
      return row;
    },
  };
}
