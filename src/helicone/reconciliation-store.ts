import { z } from "zod";

import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { Span } from "#domain/period.ts";
import { PRICE_DIFFERENCES, type PriceDifference } from "#domain/price-difference.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";
import type { AgentDay, CallDifference, DayComparison, PriceGap } from "#helicone/day-comparison.ts";

/** The last comparison of a day. `checkedUntil`: calls that had ended by then were compared. */
export type DayCheck = {
  dayStart: Date;
  checkedAt: Date;
  checkedUntil: Date;
  agents: AgentDay[];
  priceGaps: PriceGap[];
};

/** Where a call that Helicone lacks is: on its way, refused by Helicone, or not meant to be sent any more. */
export type Delivery = { state: "waiting" | "rejected" | "none"; error: string | null };

/** Which differences: of a day, of one agent or all, of some kinds. */
export type DifferenceFilter = { dayStart: Date; agentName: string | null; kinds: readonly CallDifference["kind"][] };

/** Which calls to send again. */
export type ResendScope = { dayStart: Date | null; agentName: string | null; requestIds: readonly string[] | null };

export type ReconciliationStore = ReturnType<typeof createReconciliationStore>;

const ROWS_AT_ONCE = 5_000;

/** What comparisons of ledger and Helicone came to, and the way back of calls that Helicone lacks. */
export function createReconciliationStore(prisma: PrismaClient) {
  return {
    /** Keeps a comparison in the place of the day's earlier one. */
    async save(check: Omit<DayCheck, "agents" | "priceGaps">, comparison: DayComparison): Promise<void> {
      const { dayStart, checkedAt, checkedUntil } = check;
      const agents = comparison.agents.map(toJson);
      const priceGaps = comparison.priceGaps.map(toJson);
      const differences = comparison.differences.map((difference) => ({ ...difference, dayStart }));
      await prisma.$transaction(
        async (transaction) => {
          await transaction.heliconeDayCheck.deleteMany({ where: { dayStart } });
          await transaction.heliconeDayCheck.create({ data: { dayStart, checkedAt, checkedUntil, agents, priceGaps } });
          for (let at = 0; at < differences.length; at += ROWS_AT_ONCE) {
            const data = differences.slice(at, at + ROWS_AT_ONCE);
            await transaction.heliconeDifference.createMany({ data, skipDuplicates: true });
          }
        },
        { timeout: 60_000 },
      );
    },

    /** Drops the comparisons of days that nobody looks back to. */
    forget: (before: Date) => prisma.heliconeDayCheck.deleteMany({ where: { dayStart: { lt: before } } }),

    /** The comparisons of the days within a span, the newest first. */
    async checks({ start, end }: Span): Promise<DayCheck[]> {
      const where = { dayStart: { gte: start, lt: end } };
      const rows = await prisma.heliconeDayCheck.findMany({ where, orderBy: { dayStart: "desc" } });
      return rows.map((row) => ({
        ...row,
        agents: z.array(agentDayShape).parse(row.agents),
        priceGaps: z.array(priceGapShape).parse(row.priceGaps),
      }));
    },

    /** Single calls of a day, the newest first, at most `limit`, after `skip` others. */
    async differences({ dayStart, agentName, kinds }: DifferenceFilter, page: { skip: number; limit: number }) {
      const where = { dayStart, kind: { in: [...kinds] }, ...(agentName !== null && { agentName }) };
      const orderBy = [{ at: "desc" as const }, { requestId: "asc" as const }];
      const [total, rows] = await Promise.all([
        prisma.heliconeDifference.count({ where }),
        prisma.heliconeDifference.findMany({ where, orderBy, skip: page.skip, take: page.limit }),
      ]);
      return { total, rows };
    },

    /** Where these calls are on their way to Helicone; what nobody is to send is not in the map. */
    async deliveries(requestIds: readonly string[]): Promise<ReadonlyMap<string, Delivery>> {
      const ids = requestIds.filter((id) => z.guid().safeParse(id).success);
      const rows = await prisma.heliconeDelivery.findMany({ where: { requestId: { in: ids } } });
      return new Map(
        rows.map(({ requestId, state, lastError }) => [
          requestId,
          { state: state === "rejected" ? "rejected" : "waiting", error: lastError },
        ]),
      );
    },

    /**
     * Puts calls that Helicone lacks back into its outbox, as metadata: their texts are gone. Each is asked after before it is
     * posted, so that none gets there twice. Those on their way stay as they are. Audited; returns how many were put back, of
     * which days.
     */
    async resend(actor: Actor, scope: ResendScope): Promise<{ requests: number; days: Date[] }> {
      const { dayStart, agentName } = scope;
      return prisma.$transaction(async (transaction) => {
        const days = await transaction.$queryRaw<{ day_start: Date; requests: number }[]>`
          WITH missing AS (
            SELECT DISTINCT ON (call.id) call.id, day_start FROM helicone_differences
            JOIN llm_requests AS call ON call.id = helicone_differences.request_id::uuid WHERE ${missingCallsOf(scope)}
          ), put_back AS (
            INSERT INTO helicone_outbox (request_id, content, state) SELECT id, 'metadata', 'unsure' FROM missing
            ON CONFLICT (request_id) DO UPDATE SET state = 'unsure', content = 'metadata', attempts = 0,
              next_attempt_at = now(), last_error = NULL WHERE helicone_outbox.state = 'rejected'
            RETURNING request_id
          )
          SELECT day_start, count(*)::int AS requests FROM put_back JOIN missing ON id = request_id GROUP BY day_start`;
        const requests = days.reduce((sum, day) => sum + day.requests, 0);
        if (requests === 0) return { requests, days: [] };
        const after = { requests, day: dayStart?.toISOString().slice(0, 10) ?? null, agent: agentName };
        await recordChange(transaction, actor, { action: "helicone.resend", subject: "helicone", after });
        return { requests, days: days.map((day) => day.day_start) };
      });
    },

    /** Whether calls that a day's comparison found missing are still on their way to Helicone. */
    async isAwaited(dayStart: Date): Promise<boolean> {
      const rows = await prisma.$queryRaw<{ awaited: boolean }[]>`
        SELECT EXISTS (
          SELECT FROM helicone_differences JOIN helicone_outbox ON helicone_outbox.request_id::text = helicone_differences.request_id
          WHERE day_start = ${dayStart} AND kind = 'missing_there' AND state <> 'rejected') AS awaited`;
      return rows[0]?.awaited === true;
    },
  };
}

function missingCallsOf({ dayStart, agentName, requestIds }: ResendScope): Prisma.Sql {
  const conditions = [
    Prisma.sql`helicone_differences.kind = 'missing_there'`,
    dayStart === null ? null : Prisma.sql`day_start = ${dayStart}`,
    agentName === null ? null : Prisma.sql`agent_name = ${agentName}`,
    requestIds === null ? null : Prisma.sql`request_id = ANY (${[...requestIds]})`,
  ].filter((condition) => condition !== null);
  return Prisma.join(conditions, " AND ");
}

const amount = z.string().transform((text) => BigInt(text));
const agentDayShape = z.object({
  agentName: z.string(),
  ledgerRequests: z.int(),
  ledgerCostNanoUsd: amount,
  heliconeRequests: z.int(),
  heliconeCostNanoUsd: amount,
  missingThere: z.int(),
  missingHere: z.int(),
  repeatedThere: z.int(),
  pricedDifferently: z.int(),
});
const priceGapShape = z.object({
  agentName: z.string(),
  model: z.string(),
  reason: z.string().refine((reason): reason is PriceDifference => reason in PRICE_DIFFERENCES),
  requests: z.int(),
  ledgerCostNanoUsd: amount,
  heliconeCostNanoUsd: amount,
  requestId: z.string(),
});

/** JSON has no bigint: amounts are texts. */
function toJson(value: AgentDay | PriceGap): Prisma.InputJsonObject {
  const entries = Object.entries(value).map(([name, part]) => [name, typeof part === "bigint" ? String(part) : part]);
  return Object.fromEntries(entries);
}
