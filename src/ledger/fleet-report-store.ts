import type { DurationMetric } from "#domain/duration-bins.ts";
import { periodAt, type Span } from "#domain/period.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** Whose figures: of all agents there ever were, or of these. */
export type Scope = "fleet" | readonly number[];

export type ScopeSums = { listCost: bigint; requests: number; failedRequests: number; refusedRequests: number };
export type ModelUse = ScopeSums & {
  model: string;
  inputTokens: number;
  cacheReadInputTokens: number;
  cacheCreation5mInputTokens: number;
  cacheCreation1hInputTokens: number;
};
export type AgentUse = {
  agentId: number;
  agentName: string;
  owner: { id: string; name: string } | null;
  isRemoved: boolean;
  listCost: bigint;
  requests: number;
};
/** Of one UTC day; `key` is an agent's name or a model. */
export type DayPart = { dayStart: Date; key: string; listCost: bigint };
export type DurationCount = { metric: DurationMetric; bin: number; calls: number };

type SumsRow = { cost: bigint | null; requests: bigint | null; failed: bigint | null; refused: bigint | null };

export type FleetReportStore = ReturnType<typeof createFleetReportStore>;

/** Reads the rollups of many agents at once. Spans begin and end on quarter hours, those of durations on hours or days. */
export function createFleetReportStore(prisma: PrismaClient) {
  return {
    async sums(scope: Scope, span: Span): Promise<ScopeSums> {
      const [row] = await prisma.$queryRaw<SumsRow[]>`
        SELECT sum(cost_nano_usd)::bigint AS cost, sum(requests)::bigint AS requests, sum(failed)::bigint AS failed,
          sum(refused)::bigint AS refused
        FROM ${quarterHours(scope)} WHERE ${within("bucket_start", span)} ${ofAgents(scope)}`;
      return toSums(row);
    },

    /** The dearest first. */
    async byModel(scope: Scope, span: Span): Promise<ModelUse[]> {
      const rows = await prisma.$queryRaw<
        (SumsRow & { model: string; input: bigint; cache_read: bigint; cache_5m: bigint; cache_1h: bigint })[]
      >`
        SELECT model, sum(cost_nano_usd)::bigint AS cost, sum(requests)::bigint AS requests, sum(failed)::bigint AS failed,
          sum(refused)::bigint AS refused, sum(input_tokens)::bigint AS input,
          sum(cache_read_input_tokens)::bigint AS cache_read, sum(cache_creation_5m_input_tokens)::bigint AS cache_5m,
          sum(cache_creation_1h_input_tokens)::bigint AS cache_1h
        FROM ${quarterHours(scope)} WHERE ${within("bucket_start", span)} ${ofAgents(scope)}
        GROUP BY model ORDER BY cost DESC, requests DESC, model`;
      return rows.map((row) => ({
        model: row.model,
        ...toSums(row),
        inputTokens: Number(row.input),
        cacheReadInputTokens: Number(row.cache_read),
        cacheCreation5mInputTokens: Number(row.cache_5m),
        cacheCreation1hInputTokens: Number(row.cache_1h),
      }));
    },

    /** Agents that called in whole UTC days, the dearest first, removed ones too. The owner is the one of now. */
    async byAgent(scope: Scope, span: Span): Promise<AgentUse[]> {
      const rows = await prisma.$queryRaw<
        {
          id: number;
          agent_name: string;
          owner_id: string | null;
          owner_name: string;
          is_removed: boolean;
          cost: bigint;
          requests: bigint;
        }[]
      >`
        SELECT agent.id, agent.agent_name, users.id AS owner_id, users.name AS owner_name, agent.removed_at IS NOT NULL AS is_removed,
          used.cost, used.requests
        FROM (
          SELECT agent_id, sum(cost_nano_usd)::bigint AS cost, sum(requests)::bigint AS requests
          FROM usage_days WHERE ${within("day_start", span)} ${ofAgents(scope)} GROUP BY agent_id
        ) AS used
        JOIN agent_ownership AS agent ON agent.id = used.agent_id
        LEFT JOIN users ON users.id = agent.owner_id
        ORDER BY used.cost DESC, used.requests DESC, agent.agent_name`;
      return rows.map((row) => ({
        agentId: row.id,
        agentName: row.agent_name,
        isRemoved: row.is_removed,
        owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name },
        listCost: row.cost,
        requests: Number(row.requests),
      }));
    },

    async daysByModel(scope: Scope, span: Span): Promise<DayPart[]> {
      const rows = await prisma.$queryRaw<{ day_start: Date; key: string; cost: bigint }[]>`
        SELECT date_trunc('day', bucket_start, 'UTC') AS day_start, model AS key, sum(cost_nano_usd)::bigint AS cost
        FROM ${quarterHours(scope)} WHERE ${within("bucket_start", span)} ${ofAgents(scope)} GROUP BY 1, 2`;
      return rows.map(toDayPart);
    },

    /** Only of the agents named; the rest of each day under `others`. */
    async daysByAgent(scope: Scope, span: Span, named: { ids: readonly number[]; others: string }): Promise<DayPart[]> {
      const rows = await prisma.$queryRaw<{ day_start: Date; key: string; cost: bigint }[]>`
        SELECT day_start, coalesce(agent.agent_name, ${named.others}) AS key, sum(cost_nano_usd)::bigint AS cost
        FROM usage_days
        LEFT JOIN agent_ownership AS agent ON agent.id = usage_days.agent_id AND agent.id = ANY (${[...named.ids]}::int[])
        WHERE ${within("day_start", span)} ${ofAgents(scope)} GROUP BY 1, 2`;
      return rows.map(toDayPart);
    },

    /** How many completed calls took how long; by hours for the fleet, by whole UTC days for some agents. */
    async durations(scope: Scope, span: Span): Promise<DurationCount[]> {
      const counted = scope === "fleet" ? Prisma.sql`fleet_durations` : Prisma.sql`agent_durations`;
      const start = scope === "fleet" ? "hour_start" : "day_start";
      const rows = await prisma.$queryRaw<{ metric: DurationMetric; bin: number; calls: bigint }[]>`
        SELECT metric, bin, sum(calls)::bigint AS calls FROM ${counted}
        WHERE ${within(start, span)} ${ofAgents(scope)} GROUP BY 1, 2`;
      return rows.map(({ metric, bin, calls }) => ({ metric, bin, calls: Number(calls) }));
    },

    /** The UTC day of the first call that was ever made; null: there was none. */
    async firstDay(scope: Scope): Promise<Date | null> {
      const [row] = await prisma.$queryRaw<{ first: Date | null }[]>`
        SELECT min(${Prisma.raw(scope === "fleet" ? "bucket_start" : "day_start")}) AS first
        FROM ${scope === "fleet" ? Prisma.sql`fleet_quarter_hours` : Prisma.sql`usage_days`} WHERE true ${ofAgents(scope)}`;
      return row?.first === null || row?.first === undefined ? null : periodAt("day", row.first).start;
    },
  };
}

function quarterHours(scope: Scope): Prisma.Sql {
  return scope === "fleet" ? Prisma.sql`fleet_quarter_hours` : Prisma.sql`usage_quarter_hours`;
}

function within(column: "bucket_start" | "day_start" | "hour_start", { start, end }: Span): Prisma.Sql {
  const name = Prisma.raw(column);
  return Prisma.sql`${name} >= ${start} AND ${name} < ${end}`;
}

function ofAgents(scope: Scope): Prisma.Sql {
  return scope === "fleet" ? Prisma.empty : Prisma.sql`AND agent_id = ANY (${[...scope]}::int[])`;
}

function toSums(row: SumsRow | undefined): ScopeSums {
  return {
    listCost: row?.cost ?? 0n,
    requests: Number(row?.requests ?? 0),
    failedRequests: Number(row?.failed ?? 0),
    refusedRequests: Number(row?.refused ?? 0),
  };
}

function toDayPart({ day_start, key, cost }: { day_start: Date; key: string; cost: bigint }): DayPart {
  return { dayStart: day_start, key, listCost: cost };
}
