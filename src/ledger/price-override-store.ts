import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import { type PriceDraft, toPriceDraft } from "#domain/price-draft.ts";
import { type ModelPrice, normaliseModelId } from "#domain/price-list.ts";
import type { ModelPrice as PriceRow, Prisma, PrismaClient } from "#generated/prisma/client.ts";
import type { PricedAs } from "#ledger/call-record.ts";
import { parseStoredPrice } from "#ledger/stored-price.ts";

/** A price that people set. `updatedBy` null: not through the portal. */
export type PriceOverride = ModelPrice & { id: number; version: number; updatedAt: Date; updatedBy: string | null };

/** A model that calls named and no list knew, and what its calls were charged. */
export type UnpricedModel = {
  model: string;
  pricedAs: Exclude<PricedAs, "list" | "none">;
  requests: number;
  listCost: bigint;
  lastAt: Date;
};

/** One change of the prices. `before` null: it was added; `after` null: it was removed. */
export type PriceChange = { id: number; at: Date; by: string; model: string; before: unknown; after: unknown };

/** What is to be done to the overrides of one model, and which of them the person saw (`seenMark`). */
export type PriceWrite = { model: string; seenMark: string } & (
  | {
      id: null;
      effectiveFrom: Date;
      price: PriceDraft /** What held until then, for the record. */;
      replaced: ModelPrice | null;
    }
  | { id: number; effectiveFrom: Date; price: PriceDraft }
  | { id: number; price: null }
);

export type PriceOverrideStore = ReturnType<typeof createPriceOverrideStore>;

/** Names the state of a model's overrides: any change of them gives another mark. */
export function markOf(overrides: readonly { id: number; version: number }[]): string {
  return overrides
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, version }) => `${id}.${version}`)
    .join(",");
}

/** The table of prices that people set; the gateway is told of each change by its trigger, when it commits. */
export function createPriceOverrideStore(prisma: PrismaClient) {
  return {
    async list(): Promise<PriceOverride[]> {
      return (await prisma.modelPrice.findMany({ orderBy: { id: "asc" } })).flatMap(toOverride);
    },

    /** Models of calls since then that had no price of their own, the dearest first. */
    async unpriced(since: Date): Promise<UnpricedModel[]> {
      const rows = await prisma.$queryRaw<
        { model: string; priced_as: UnpricedModel["pricedAs"]; requests: bigint; cost: bigint; last_at: Date }[]
      >`
        SELECT model, priced_as, count(*) AS requests, sum(cost_nano_usd)::bigint AS cost, max(admitted_at) AS last_at
        FROM llm_requests WHERE admitted_at >= ${since} AND priced_as IN ('family', 'dearest')
        GROUP BY model, priced_as ORDER BY cost DESC, model LIMIT 100`;
      return rows.map(({ model, priced_as: pricedAs, requests, cost, last_at: lastAt }) => ({
        ...{ model, pricedAs, lastAt },
        requests: Number(requests),
        listCost: cost,
      }));
    },

    /** The newest changes first. */
    async changes(limit: number): Promise<PriceChange[]> {
      const rows = await prisma.auditEntry.findMany({
        where: { action: { in: ["prices.set", "prices.removed"] } },
        orderBy: { id: "desc" },
        take: limit,
      });
      return rows.map(({ id, at, actorName: by, subject, before, after }) => ({
        ...{ at, by, before, after },
        id: Number(id),
        model: subject.replace(/^price:/, ""),
      }));
    },

    /** @returns stale: somebody changed this model's overrides after the person saw them. taken: it has one of this instant */
    write: (actor: Actor, change: PriceWrite): Promise<"written" | "stale" | "taken"> =>
      prisma.$transaction((transaction) => write(transaction, actor, change)),
  };
}

async function write(transaction: Prisma.TransactionClient, actor: Actor, change: PriceWrite) {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('model_prices'))`;
  const rows = await transaction.modelPrice.findMany();
  const saved = rows.filter((row) => normaliseModelId(row.model) === change.model);
  const before = saved.find(({ id }) => id === change.id) ?? null;
  if (markOf(saved) !== change.seenMark || (change.id !== null && before === null)) return "stale";
  if (change.price !== null && saved.some((row) => isOtherAt(row, change))) return "taken";
  await apply(transaction, actor, change);
  await recordChange(transaction, actor, {
    action: change.price === null ? "prices.removed" : "prices.set",
    subject: `price:${change.model}`,
    before: before === null ? auditedReplaced(change) : audited(before),
    after: change.price === null ? null : audited(change),
  });
  return "written";
}

function isOtherAt(row: PriceRow, change: { id: number | null; effectiveFrom: Date }): boolean {
  return row.id !== change.id && +row.effectiveFrom === +change.effectiveFrom;
}

async function apply(transaction: Prisma.TransactionClient, actor: Actor, change: PriceWrite): Promise<void> {
  const { id } = change;
  if (change.price === null) {
    await transaction.modelPrice.delete({ where: { id: change.id } });
    return;
  }
  const { model, effectiveFrom, price } = change;
  const columns = { effectiveFrom, price, updatedAt: new Date(), updatedBy: actor.name };
  if (id === null) await transaction.modelPrice.create({ data: { model, ...columns } });
  else await transaction.modelPrice.update({ where: { id }, data: { ...columns, version: { increment: 1 } } });
}

/** What held until another entry was added. */
function auditedReplaced(change: PriceWrite) {
  if (change.id !== null || change.replaced === null) return null;
  return audited({ ...change.replaced, price: toPriceDraft(change.replaced) });
}

function audited({ effectiveFrom, price }: { effectiveFrom: Date; price: Prisma.JsonValue | PriceDraft }) {
  return { effectiveFrom: effectiveFrom.toISOString(), price: price as Prisma.InputJsonValue }; // JSON either way
}

/** A row that is no price is left out, as the gateway leaves it out. */
function toOverride(row: PriceRow): PriceOverride[] {
  const { id, version, updatedAt, updatedBy, model, effectiveFrom } = row;
  const price = parseStoredPrice({ model, effective_from: effectiveFrom, price: row.price });
  return price === null ? [] : [{ ...price, id, version, updatedAt, updatedBy }];
}
