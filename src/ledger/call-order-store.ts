import type { CallSort } from "#domain/call-query.ts";
import { Prisma } from "#generated/prisma/client.ts";
import { type CallPlace, toTimestamp } from "#ledger/call-place.ts";

/**
 * A part of an ordered list that one index can be read along: calls that are alike in `where`, by `key`, then the newest first. What
 * is not known is a stretch of its own, the last.
 */
export type Stretch = {
  where: Prisma.Sql | null;
  key: Key | null;
  /** Whether an index has the calls of the stretch in its order. */
  isIndexed: boolean;
};
type Key = { value: Prisma.Sql; isAscending: boolean /** As the index has it. */; direction: Prisma.Sql };

/** As the indexes have it: `call_tokens` and `call_cache_hit` of prisma/migrations/0006_requests. */
export const TOKENS = Prisma.sql`call_tokens(input_tokens, output_tokens, cache_read_input_tokens,
  cache_creation_5m_input_tokens, cache_creation_1h_input_tokens)`;
const CACHE_HIT = Prisma.sql`call_cache_hit(input_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens,
  cache_creation_1h_input_tokens)`;

const falling = (value: Prisma.Sql): Key => ({ value, isAscending: false, direction: Prisma.sql`DESC NULLS LAST` });
const LATENCY = Prisma.sql`latency_ms`;
const COST = Prisma.sql`cost_nano_usd`;
const CACHE_HIT_KEY: Key = { value: CACHE_HIT, isAscending: true, direction: Prisma.sql`ASC` };

/** The stretches of each order. The calls that missed the cache have an index; those that hit it are many, and looked at last. */
export const STRETCHES: Record<CallSort, readonly Stretch[]> = {
  newest: [{ where: null, key: null, isIndexed: true }],
  slowest: [
    { where: Prisma.sql`latency_ms IS NOT NULL`, key: falling(LATENCY), isIndexed: true },
    { where: Prisma.sql`latency_ms IS NULL`, key: null, isIndexed: true },
  ],
  dearest: [{ where: null, key: { ...falling(COST), direction: Prisma.sql`DESC` }, isIndexed: true }],
  "most-tokens": [
    { where: Prisma.sql`${TOKENS} IS NOT NULL`, key: falling(TOKENS), isIndexed: true },
    { where: Prisma.sql`${TOKENS} IS NULL`, key: null, isIndexed: true },
  ],
  "lowest-cache-hit": [
    { where: Prisma.sql`${CACHE_HIT} < 500`, key: CACHE_HIT_KEY, isIndexed: true },
    { where: Prisma.sql`${CACHE_HIT} >= 500`, key: CACHE_HIT_KEY, isIndexed: false },
    { where: Prisma.sql`${CACHE_HIT} IS NULL`, key: null, isIndexed: true },
  ],
};

/** What puts a stretch in order; `value` stands for the key where a query has already worked it out. */
export function orderOf({ key }: Stretch, value = key?.value): Prisma.Sql {
  const byTime = Prisma.sql`admitted_at DESC, id DESC`;
  return key === null || value === undefined ? byTime : Prisma.sql`${value} ${key.direction}, ${byTime}`;
}

/** What is true of the calls of a stretch that come after a place in it. */
export function afterPlace({ key }: Stretch, place: CallPlace): Prisma.Sql[] {
  const at = Prisma.sql`${toTimestamp(place.admittedAtUs)}::timestamptz`;
  const isLater = Prisma.sql`(admitted_at, id) < (${at}, ${place.id}::uuid)`;
  if (key === null || place.key === null) return [Prisma.sql`admitted_at <= ${at}`, isLater];
  const { value, isAscending } = key;
  const bound = Prisma.sql`${place.key}::bigint`;
  return isAscending
    ? [Prisma.sql`${value} >= ${bound}`, Prisma.sql`(${value} > ${bound} OR ${isLater})`]
    : [Prisma.sql`${value} <= ${bound}`, Prisma.sql`(${value} < ${bound} OR ${isLater})`];
}
