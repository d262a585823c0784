import type { NanoUsd } from "#domain/money.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** How a budget's agents have spent lately. `since`: from when on, null where they never called before. */
export type RecentHabit = { timeZone: string; spent: NanoUsd; since: Date | null };

export type AlertForecastStore = ReturnType<typeof createAlertForecastStore>;

/** What a forecast in a message rests on. */
export function createAlertForecastStore(prisma: PrismaClient) {
  return {
    /** Of the agents of a budget (`agent:12`, `pool:3`, `fleet`), between two instants that lie on quarter hours. */
    async recent(budget: string, from: Date, to: Date): Promise<RecentHabit> {
      const [scope = "fleet", id = "0"] = budget.split(":");
      const [row] = await prisma.$queryRaw<{ time_zone: string | null; spent: bigint | null; since: Date | null }[]>`
        WITH members AS (SELECT id FROM agent_ownership WHERE ${membersOf(scope, Number(id))})
        SELECT
          (SELECT time_zone FROM agent_budgets
           WHERE scope = 'default' OR (scope = ${scope} AND NOT follows_default AND ${ownRowOf(scope, Number(id))})
           ORDER BY scope = 'default' LIMIT 1) AS time_zone,
          (SELECT sum(cost_nano_usd)::bigint FROM usage_quarter_hours JOIN members ON members.id = agent_id
           WHERE bucket_start >= ${from} AND bucket_start < ${to}) AS spent,
          (SELECT min(first.bucket_start) FROM members CROSS JOIN LATERAL (
             SELECT bucket_start FROM usage_quarter_hours WHERE agent_id = members.id ORDER BY bucket_start LIMIT 1
           ) AS first) AS since`;
      const first = row?.since ?? null;
      const since = first === null || first > from ? first : from;
      return { timeZone: row?.time_zone ?? "UTC", spent: row?.spent ?? 0n, since };
    },
  };
}

function membersOf(scope: string, id: number): Prisma.Sql {
  if (scope === "agent") return Prisma.sql`id = ${id}`;
  return scope === "pool" ? Prisma.sql`pool_id = ${id}` : Prisma.sql`true`;
}

function ownRowOf(scope: string, id: number): Prisma.Sql {
  if (scope === "agent") return Prisma.sql`agent_id = ${id}`;
  return scope === "pool" ? Prisma.sql`pool_id = ${id}` : Prisma.sql`true`;
}
