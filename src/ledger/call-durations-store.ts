import type { BinCount, DurationMetric } from "#domain/duration-bins.ts";
import type { Span } from "#domain/period.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** How many calls of a part of the span took how long. */
export type DurationPart = BinCount & { start: Date; metric: DurationMetric };

/** `stepMs` divides the span from 1970 on; `agentIds` null: all agents. */
export type DurationSet = { agentIds: readonly number[] | null; span: Span; stepMs: number };

export type CallDurationsStore = ReturnType<typeof createCallDurationsStore>;

/** Counts completed calls by how long they took. */
export function createCallDurationsStore(prisma: PrismaClient) {
  return {
    /** From the sums that are kept: by the hour for all agents, by the UTC day for some. `stepMs` is a multiple of that. */
    async fromSums({ agentIds, span, stepMs }: DurationSet): Promise<DurationPart[]> {
      const start = new Date(Math.floor(span.start.getTime() / stepMs) * stepMs);
      const rows = await (agentIds === null
        ? prisma.$queryRaw<Row[]>`
            SELECT ${stepOf(Prisma.sql`hour_start`, stepMs)} AS start, metric, bin, sum(calls)::bigint AS calls FROM fleet_durations
            WHERE hour_start >= ${start} AND hour_start < ${span.end} GROUP BY 1, 2, 3`
        : prisma.$queryRaw<Row[]>`
            SELECT ${stepOf(Prisma.sql`day_start`, stepMs)} AS start, metric, bin, sum(calls)::bigint AS calls FROM agent_durations
            WHERE agent_id = ANY(${[...agentIds]}::int[]) AND day_start >= ${start} AND day_start < ${span.end}
            GROUP BY 1, 2, 3`);
      return rows.map(toPart);
    },

    /** From the calls themselves, for short spans of some agents. */
    async fromCalls({ agentIds, span, stepMs }: DurationSet): Promise<DurationPart[]> {
      const rows = await prisma.$queryRaw<Row[]>`
        SELECT ${stepOf(Prisma.sql`admitted_at`, stepMs)} AS start, metric, duration_bin(ms) AS bin, count(*) AS calls
        FROM unnest(${[...(agentIds ?? [])]}::int[]) AS agent (id)
        JOIN llm_requests ON llm_requests.agent_id = agent.id AND admitted_at >= ${span.start} AND admitted_at < ${span.end}
        CROSS JOIN LATERAL (VALUES ('latency', latency_ms), ('first_byte', first_byte_ms)) AS taken (metric, ms)
        WHERE outcome = 'completed' AND ms IS NOT NULL GROUP BY 1, 2, 3`;
      return rows.map(toPart);
    },
  };
}

type Row = { start: Date; metric: string; bin: number; calls: bigint };

function stepOf(instant: Prisma.Sql, stepMs: number): Prisma.Sql {
  return Prisma.sql`date_bin(${stepMs}::bigint * interval '1 millisecond', ${instant}, 'epoch')`;
}

function toPart({ start, metric, bin, calls }: Row): DurationPart {
  return { start, metric: metric === "latency" ? "latency" : "first_byte", bin, calls: Number(calls) };
}
