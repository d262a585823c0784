import type { NanoUsd } from "#domain/money.ts";
import type { Span } from "#domain/period.ts";
import { rollupParts } from "#domain/rollup-parts.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";

/** What one agent has spent in each of the spans that were asked for, in their order. */
export type SpanSpend = readonly NanoUsd[];

export type SpanSpendStore = ReturnType<typeof createSpanSpendStore>;

/**
 * What was spent past the gateway counts as the agents themselves reported it (`direct_cost`).
 * Sums of the rollups over any span whose ends lie on quarter hours: the days and months of every time zone.
 */
export function createSpanSpendStore(prisma: PrismaClient) {
  return {
    /**
     * Nano-USD by agent and span. One query, whatever the number of either. An agent that has spent nothing in any of
     * the spans is not in the map.
     */
    async of(agentIds: readonly number[], spans: readonly Span[]): Promise<Map<number, SpanSpend>> {
      if (agentIds.length === 0 || spans.length === 0) return new Map();
      const { days, quarterHours } = indexed(spans);
      const rows = await prisma.$queryRaw<{ agent_id: number; span: number; cost: bigint }[]>`
        SELECT agent_id, span, sum(cost)::bigint AS cost FROM (
          SELECT agent.id AS agent_id, part.span, used.cost
          FROM unnest(${[...agentIds]}::int[]) AS agent (id)
          CROSS JOIN unnest(${days.span}::int[], ${days.start}::timestamptz[], ${days.end}::timestamptz[])
            AS part (span, from_at, to_at)
          CROSS JOIN LATERAL (
            SELECT sum(cost) AS cost FROM (
              SELECT cost_nano_usd AS cost FROM usage_days
              WHERE agent_id = agent.id AND day_start >= part.from_at AND day_start < part.to_at
              UNION ALL
              SELECT amount FROM telemetry_days
              WHERE agent_id = agent.id AND measure = 'direct_cost' AND day_start >= part.from_at AND day_start < part.to_at
            ) AS days
          ) AS used
          UNION ALL
          SELECT agent.id AS agent_id, part.span, used.cost
          FROM unnest(${[...agentIds]}::int[]) AS agent (id)
          CROSS JOIN unnest(${quarterHours.span}::int[], ${quarterHours.start}::timestamptz[], ${quarterHours.end}::timestamptz[])
            AS part (span, from_at, to_at)
          CROSS JOIN LATERAL (
            SELECT sum(cost) AS cost FROM (
              SELECT cost_nano_usd AS cost FROM usage_quarter_hours
              WHERE agent_id = agent.id AND bucket_start >= part.from_at AND bucket_start < part.to_at
              UNION ALL
              SELECT amount FROM telemetry_quarter_hours
              WHERE agent_id = agent.id AND measure = 'direct_cost' AND bucket_start >= part.from_at
                AND bucket_start < part.to_at
            ) AS quarter_hours
          ) AS used
        ) AS sums
        WHERE cost > 0 GROUP BY agent_id, span`;
      const spends = new Map<number, NanoUsd[]>();
      for (const { agent_id: agentId, span, cost } of rows) {
        const amounts = spends.get(agentId) ?? spans.map(() => 0n);
        amounts[span] = cost;
        spends.set(agentId, amounts);
      }
      return spends;
    },

    /** The first UTC day on which each agent called; one that never called is not in the map. One query. */
    async firstDays(agentIds: readonly number[]): Promise<Map<number, Date>> {
      const rows = await prisma.$queryRaw<{ id: number; day_start: Date }[]>`
        SELECT agent.id, first.day_start FROM unnest(${[...agentIds]}::int[]) AS agent (id)
        CROSS JOIN LATERAL (
          SELECT day_start FROM usage_days WHERE agent_id = agent.id ORDER BY day_start LIMIT 1
        ) AS first`;
      return new Map(rows.map((row) => [row.id, row.day_start]));
    },
  };
}

type IndexedSpans = { span: number[]; start: Date[]; end: Date[] };

/** The parts of all spans as columns, each with the number of its span. */
function indexed(spans: readonly Span[]): { days: IndexedSpans; quarterHours: IndexedSpans } {
  const days: IndexedSpans = { span: [], start: [], end: [] };
  const quarterHours: IndexedSpans = { span: [], start: [], end: [] };
  const add = (to: IndexedSpans, span: number, part: Span) => {
    to.span.push(span);
    to.start.push(part.start);
    to.end.push(part.end);
  };
  for (const [index, span] of spans.entries()) {
    const parts = rollupParts(span);
    if (parts.days !== null) add(days, index, parts.days);
    for (const part of parts.quarterHours) add(quarterHours, index, part);
  }
  return { days, quarterHours };
}
