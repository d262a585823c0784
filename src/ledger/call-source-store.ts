import type { CallFilter } from "#domain/call-query.ts";
import type { Span } from "#domain/period.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";
import { orderOf, type Stretch, TOKENS } from "#ledger/call-order-store.ts";

/** Which calls: `agentIds` null are those of all agents, whoever removed them since. */
export type CallSet = { agentIds: readonly number[] | null; span: Span; filter: Omit<CallFilter, "agentName"> };

/** A set with what the sums and the tags know of it: what the planner cannot know. */
export type KnownSet = CallSet & {
  /** The agents one by one, each with the time for which its calls count; null: they are too many for that, or all. */
  agents: AgentTime[] | null;
  /** How many calls there are at the most. */
  size: number;
};
type AgentTime = { id: number; since: Date; until: Date };

export const QUARTER_HOUR_MS = 900_000;
const DAY_MS = 86_400_000;
/** More agents than this are not asked one by one. */
const AGENTS_MAX = 50;
/** So many calls are read and sorted in a few dozen milliseconds. */
const SORTED_MAX = 20_000;

/** What is known of a set before its calls are looked at; null: it is empty. A few small queries. */
export async function knownSet(prisma: PrismaClient, set: CallSet): Promise<KnownSet | null> {
  if (set.agentIds?.length === 0) return null;
  const used = await usedSpan(prisma, set);
  if (used === null) return null;
  const { span, size } = used;
  const agents = await agentTimes(prisma, { ...set, span });
  if (agents?.length === 0) return null;
  if (agents === null) return { ...set, span, agents: null, size };
  const ids = [...new Set(agents.map(({ id }) => id))];
  const [calls] = await prisma.$queryRaw<{ count: bigint | null }[]>`
    SELECT sum(requests)::bigint AS count FROM usage_days WHERE agent_id = ANY(${ids}::int[])
      AND day_start > ${new Date(span.start.getTime() - DAY_MS)} AND day_start < ${span.end}`;
  const isFew = agents.length <= AGENTS_MAX;
  return { ...set, span, agents: isFew ? agents : null, size: Math.min(size, Number(calls?.count ?? 0n)) };
}

/** The shortest span that holds the calls, and how many of their model there are in it, by the fleet's sums. */
async function usedSpan(prisma: PrismaClient, { span, filter }: CallSet): Promise<{ span: Span; size: number } | null> {
  const ofModel = filter.model === null ? Prisma.empty : Prisma.sql`AND model = ${filter.model}`;
  const [used] = await prisma.$queryRaw<{ first: Date | null; last: Date | null; count: bigint | null }[]>`
    SELECT min(bucket_start) AS first, max(bucket_start) AS last, sum(requests)::bigint AS count FROM fleet_quarter_hours
    WHERE bucket_start > ${new Date(span.start.getTime() - QUARTER_HOUR_MS)} AND bucket_start < ${span.end} ${ofModel}`;
  if (!used?.first || !used.last) return null;
  const start = Math.max(span.start.getTime(), used.first.getTime());
  const end = Math.min(span.end.getTime(), used.last.getTime() + QUARTER_HOUR_MS);
  return { span: { start: new Date(start), end: new Date(end) }, size: Number(used.count ?? 0n) };
}

/** Null: those of all agents. With an owner, an agent counts while it was theirs. */
async function agentTimes(prisma: PrismaClient, { agentIds, span, filter }: CallSet): Promise<AgentTime[] | null> {
  const { ownerId } = filter;
  if (ownerId === null) return agentIds?.map((id) => ({ id, since: span.start, until: span.end })) ?? null;
  const among = agentIds === null ? Prisma.empty : Prisma.sql`AND agent_id = ANY(${[...agentIds]}::int[])`;
  return prisma.$queryRaw<AgentTime[]>`
    SELECT agent_id AS id, greatest(valid_from, ${span.start}::timestamptz) AS since,
      least(valid_until, ${span.end}::timestamptz) AS until
    FROM (SELECT *, lead(valid_from, 1, 'infinity') OVER (PARTITION BY agent_id ORDER BY valid_from) AS valid_until
          FROM agent_tags) AS tags
    WHERE owner_id = ${ownerId}::uuid AND valid_from < ${span.end} AND valid_until > ${span.start} ${among}`;
}

type SourceOptions = { stretch: Stretch; wanted: readonly Prisma.Sql[]; limit: number };

/**
 * The queries that give the calls of a stretch of a set, in its order. The next one is for where one does not give `limit` calls.
 */
export function sourcesOf(set: KnownSet, { stretch, wanted, limit }: SourceOptions): Prisma.Sql[] {
  const order = orderOf(stretch);
  const inSet = [...wanted, ...conditionsOf(set)];
  if (set.agents !== null && set.agents.length > 1) return [byAgent(set.agents, { order, inSet, limit })];
  if (stretch.key === null) return [newest(set, { order, inSet, limit })];
  const sorted = Prisma.sql`WITH them AS MATERIALIZED (SELECT * FROM llm_requests AS calls WHERE ${and(inSet)})
    SELECT * FROM them ORDER BY ${order} LIMIT ${limit}`;
  const isQuick = set.size <= SORTED_MAX || isTrouble(set.filter) || set.filter.sessionId !== null;
  if (isQuick || !stretch.isIndexed) return [sorted];
  return [
    // Along the index, as far as is quick: the planner cannot know that what it looks for is not where it begins.
    Prisma.sql`SELECT * FROM (SELECT *, ${stretch.key.value} AS sorted_by FROM llm_requests AS calls WHERE ${and(wanted)}
        ORDER BY ${order} LIMIT ${SORTED_MAX}) AS calls
      WHERE ${and(inSet)} ORDER BY ${orderOf(stretch, Prisma.sql`sorted_by`)} LIMIT ${limit}`,
    sorted,
  ];
}

type Source = { order: Prisma.Sql; inSet: readonly Prisma.Sql[]; limit: number };

function byAgent(agents: readonly AgentTime[], { order, inSet, limit }: Source): Prisma.Sql {
  return Prisma.sql`
    SELECT theirs.* FROM unnest(${agents.map(({ id }) => id)}::int[], ${agents.map(({ since }) => since)}::timestamptz[],
      ${agents.map(({ until }) => until)}::timestamptz[]) AS agent (id, since, until)
    CROSS JOIN LATERAL (
      SELECT * FROM llm_requests AS calls WHERE calls.agent_id = agent.id
        AND admitted_at >= agent.since AND admitted_at < agent.until AND ${and(inSet)}
      ORDER BY ${order} LIMIT ${limit}) AS theirs
    ORDER BY ${order} LIMIT ${limit}`;
}

/** A model that is not rare is looked for in the quarter hours that it was used in, the newest first. */
function newest({ agents, size, span, filter }: KnownSet, { order, inSet, limit }: Source): Prisma.Sql {
  const isPlain = filter.model === null || agents !== null || filter.sessionId !== null;
  if (isPlain)
    return Prisma.sql`SELECT * FROM llm_requests AS calls WHERE ${and(inSet)} ORDER BY ${order} LIMIT ${limit}`;
  if (size <= SORTED_MAX / 4) {
    return Prisma.sql`WITH them AS MATERIALIZED (SELECT * FROM llm_requests AS calls WHERE ${and(inSet)})
      SELECT * FROM them ORDER BY ${order} LIMIT ${limit}`;
  }
  return Prisma.sql`
    SELECT theirs.* FROM (
      SELECT bucket_start FROM fleet_quarter_hours WHERE model = ${filter.model}
        AND bucket_start > ${new Date(span.start.getTime() - QUARTER_HOUR_MS)} AND bucket_start < ${span.end}
      ORDER BY bucket_start DESC) AS used
    CROSS JOIN LATERAL (
      SELECT * FROM llm_requests AS calls WHERE admitted_at >= bucket_start AND admitted_at < bucket_start + interval '15 minutes'
        AND ${and(inSet)}) AS theirs
    ORDER BY bucket_start DESC, ${order} LIMIT ${limit}`;
}

/** No call is completed with an error status, so that the indexes of the others serve. */
function isTrouble({ outcome, status }: KnownSet["filter"]): boolean {
  return (status !== null && status >= 300) || (outcome !== null && outcome !== "completed");
}

function conditionsOf({ agentIds, agents, span, filter }: KnownSet): Prisma.Sql[] {
  const [agent, ...others] = agents ?? [];
  const isOne = agent !== undefined && others.length === 0;
  const isAmong = agents === null && agentIds !== null;
  const within = [
    Prisma.sql`admitted_at >= ${isOne ? agent.since : span.start}`,
    Prisma.sql`admitted_at < ${isOne ? agent.until : span.end}`,
    ...(isOne ? [Prisma.sql`agent_id = ${agent.id}`] : []),
    ...(isAmong ? [Prisma.sql`agent_id = ANY(${[...agentIds]}::int[])`] : []),
  ];
  const wereTheirs = (ownerId: string) => Prisma.sql`(SELECT owner_id FROM agent_tags
    WHERE agent_tags.agent_id = calls.agent_id AND valid_from <= admitted_at
    ORDER BY valid_from DESC LIMIT 1) = ${ownerId}::uuid`;
  const owned = agents === null ? [when(filter.ownerId, wereTheirs)] : [];
  return [...within, ...owned, ...likenessOf(filter), ...boundsOf(filter)].filter((condition) => condition !== null);
}

function when<T>(value: T | null, condition: (value: T) => Prisma.Sql): Prisma.Sql | null {
  return value === null ? null : condition(value);
}

function likenessOf(filter: KnownSet["filter"]) {
  return [
    when(filter.model, (model) => Prisma.sql`model = ${model}`),
    when(filter.outcome, (outcome) => Prisma.sql`outcome = ${outcome}`),
    when(filter.status, (status) => Prisma.sql`status = ${status}::smallint`),
    filter.outcome === null && isTrouble(filter) ? Prisma.sql`outcome <> 'completed'` : null,
    when(filter.sessionId, (sessionId) => Prisma.sql`session_id = ${sessionId}`),
    when(filter.subagentId, (subagentId) => Prisma.sql`subagent_id = ${subagentId}`),
  ];
}

function boundsOf(filter: KnownSet["filter"]) {
  return [
    when(filter.costMin, (least) => Prisma.sql`cost_nano_usd >= ${least}`),
    when(filter.costMax, (most) => Prisma.sql`cost_nano_usd <= ${most}`),
    when(filter.tokensMin, (least) => Prisma.sql`${TOKENS} >= ${least}::int`),
    when(filter.tokensMax, (most) => Prisma.sql`${TOKENS} <= ${most}::int`),
    when(filter.latencyMinMs, (least) => Prisma.sql`latency_ms >= ${least}::int`),
    when(filter.latencyMaxMs, (most) => Prisma.sql`latency_ms <= ${most}::int`),
  ];
}

function and(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], " AND ");
}
