import type { CallSort } from "#domain/call-query.ts";
import type { Span } from "#domain/period.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";
import { afterPlace, orderOf, STRETCHES, type Stretch } from "#ledger/call-order-store.ts";
import type { CallPlace } from "#ledger/call-place.ts";
import { type CallSet, type KnownSet, knownSet, sourcesOf } from "#ledger/call-source-store.ts";
import type { CallTags } from "#ledger/request-list-store.ts";

/** A page of them: those after a place, or the first. */
export type CallPage = CallSet & { sort: CallSort; after: CallPlace | null; limit: number };

export type CallSearchStore = ReturnType<typeof createCallSearchStore>;

/** Reads calls of many agents out of the ledger, in any order. */
export function createCallSearchStore(prisma: PrismaClient) {
  return {
    /** At most `limit` calls, with where each stands and what its agent was called then. */
    async page(page: CallPage) {
      const set = await knownSet(prisma, page);
      if (set === null) return [];
      const found: PlacedCall[] = [];
      const stretches = STRETCHES[page.sort];
      for (let at = page.after?.stretch ?? 0; at < stretches.length && found.length < page.limit; at += 1) {
        const stretch = stretches[at];
        if (stretch === undefined) break;
        const after = page.after?.stretch === at ? page.after : null;
        const rows = await readStretch(prisma, { set, stretch, after, limit: page.limit - found.length });
        found.push(...rows.map((row) => ({ ...row, stretch: at })));
      }
      return withRows(prisma, found);
    },

    /** One call, if it is among those of these agents; null otherwise. */
    async one(id: string, agentIds: readonly number[] | null) {
      const among = agentIds === null ? Prisma.empty : Prisma.sql`AND agent_id = ANY(${[...agentIds]}::int[])`;
      const found = await prisma.$queryRaw<Omit<PlacedCall, "stretch">[]>`
        ${withTags(Prisma.sql`SELECT *, NULL::bigint AS key FROM llm_requests WHERE id = ${id}::uuid ${among}`)}`;
      const [row] = await withRows(prisma, found.map((call) => ({ ...call, stretch: 0 }))); // biome-ignore format: one call
      return row ?? null;
    },

    /** How many of the calls were admitted lately and ended after `asOf`; at most `max` are counted. */
    async endedSince(set: CallSet, { asOf, max }: { asOf: Date; max: number }): Promise<number> {
      const lately = new Date(asOf.getTime() - LATELY_MS);
      const start = lately > set.span.start ? lately : set.span.start;
      const ended = Prisma.sql`admitted_at + coalesce(latency_ms, 0) * interval '1 millisecond' > ${asOf}`;
      const known = await knownSet(prisma, { ...set, span: { start, end: set.span.end } });
      if (known === null) return 0;
      const [source] = sourcesOf(known, { stretch: NEWEST, wanted: [ended], limit: max });
      const [row] = await prisma.$queryRaw<
        { count: bigint }[]
      >`SELECT count(*) AS count FROM (${source ?? Prisma.empty}) AS calls`;
      return Number(row?.count ?? 0n);
    },

    /** The models that were called in a span, the most used first. */
    async models(agentIds: readonly number[] | null, span: Span): Promise<string[]> {
      const rows = await (agentIds === null
        ? prisma.$queryRaw<{ model: string }[]>`
            SELECT model FROM fleet_quarter_hours WHERE bucket_start >= ${span.start} AND bucket_start < ${span.end}
            GROUP BY model ORDER BY sum(requests) DESC, model`
        : prisma.$queryRaw<{ model: string }[]>`
            SELECT model FROM usage_quarter_hours WHERE agent_id = ANY(${[...agentIds]}::int[])
              AND bucket_start >= ${span.start} AND bucket_start < ${span.end}
            GROUP BY model ORDER BY sum(requests) DESC, model`);
      return rows.map(({ model }) => model);
    },
  };
}

/** How long a call may take and still be told as new when it ends. */
const LATELY_MS = 300_000;
const NEWEST: Stretch = { where: null, key: null, isIndexed: true };

type PlacedCall = CallTags & { id: string; stretch: number; key: bigint | null; admittedAtUs: bigint };

type StretchPage = { set: KnownSet; stretch: Stretch; after: CallPlace | null; limit: number };

async function readStretch(prisma: PrismaClient, { set, stretch, after, limit }: StretchPage) {
  const place = after === null ? [] : afterPlace(stretch, after);
  const wanted = [...(stretch.where === null ? [] : [stretch.where]), ...place];
  const key = stretch.key === null ? Prisma.sql`NULL` : stretch.key.value;
  let rows: Omit<PlacedCall, "stretch">[] = [];
  for (const source of sourcesOf(set, { stretch, wanted, limit })) {
    rows = await prisma.$queryRaw<typeof rows>(
      withTags(Prisma.sql`SELECT calls.*, ${key}::bigint AS key FROM (${source}) AS calls`, orderOf(stretch)),
    );
    if (rows.length === limit) break;
  }
  return rows;
}

/** Adds to a few calls what their agents were called when they were admitted, and puts them in order. */
function withTags(calls: Prisma.Sql, order = orderOf(NEWEST)): Prisma.Sql {
  return Prisma.sql`
    SELECT call.id, call.key, (extract(epoch FROM admitted_at) * 1000000)::bigint AS "admittedAtUs",
      tags.agent_name AS "agentName", users.name AS "ownerName", tags.type, tags.template
    FROM (SELECT row_number() OVER (ORDER BY ${order}) AS position, * FROM (${calls}) AS found) AS call
    JOIN LATERAL (SELECT * FROM agent_tags WHERE agent_tags.agent_id = call.agent_id AND valid_from <= admitted_at
      ORDER BY valid_from DESC LIMIT 1) AS tags ON true
    LEFT JOIN users ON users.id = tags.owner_id
    ORDER BY call.position`;
}

async function withRows(prisma: PrismaClient, found: readonly PlacedCall[]) {
  const rows = await prisma.llmRequest.findMany({ where: { id: { in: found.map(({ id }) => id) } } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return found.flatMap(({ id, stretch, key, admittedAtUs, ...tags }) => {
    const row = byId.get(id);
    return row === undefined ? [] : [{ ...row, tags, place: { id, stretch, key, admittedAtUs } }];
  });
}
