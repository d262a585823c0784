import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { modelProblem, normalisePriceDraft, type PriceDraft, priceDraftProblem } from "#domain/price-draft.ts";
import { BUILT_IN_PRICE_LIST, findPrice, type ModelPrice, normaliseModelId, withPrices } from "#domain/price-list.ts";
import {
  markOf,
  type PriceChange,
  type PriceOverride,
  type PriceOverrideStore,
  type UnpricedModel,
} from "#ledger/price-override-store.ts";

/** What one model costs now. `builtIn` null: this release does not know it. `inForce` null: only a later price is known. */
export type ModelPrices = {
  model: string;
  inForce: (ModelPrice & { isOverride: boolean }) | null;
  builtIn: ModelPrice | null;
  /** What people set, the newest instant first; those that are not yet in force too. */
  overrides: PriceOverride[];
  /** Goes with each change: who changes what they have not seen is told. */
  mark: string;
};

export type PricesInForce = {
  models: ModelPrices[];
  webSearchPerRequest: bigint;
  /** Whole percents of the token prices, by geography of inference. */
  geographies: { geography: string; percent: number }[];
};

export type UnpricedModels = { since: Date; models: (UnpricedModel & { hasPriceNow: boolean })[] };

/** A price to save. `id` null: another entry. `effectiveFrom` null: from now on. */
export type PriceToSave = {
  model: string;
  id: number | null;
  effectiveFrom: Date | null;
  price: PriceDraft;
  mark: string;
};

const SEEN_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const CHANGES_SHOWN = 50;
/** Somebody who chose "now" a minute ago meant now. */
const GRACE_MS = 5 * 60 * 1000;

export type PriceOverrides = ReturnType<typeof createPriceOverrides>;

/**
 * The prices in force and what people set in their place. A price applies to calls that are admitted from its instant on: what
 * calls before it cost stays in the ledger as it was charged.
 */
export function createPriceOverrides(store: PriceOverrideStore, clock: () => Date) {
  const listInForce = async () => withPrices(BUILT_IN_PRICE_LIST, await store.list());
  return {
    async list(): Promise<PricesInForce> {
      const now = clock();
      const overrides = await store.list();
      const list = withPrices(BUILT_IN_PRICE_LIST, overrides);
      return {
        models: [...list.byModel.keys()].toSorted(byRelease).map((model) => toModelPrices(model, overrides, now)),
        webSearchPerRequest: list.webSearchPerRequest,
        geographies: [...list.inferenceGeoPercent].map(([geography, percent]) => ({
          geography,
          percent: Number(percent),
        })),
      };
    },

    /** Models of the last 30 days whose calls were charged by their family or by the dearest model of all. */
    async unpriced(): Promise<UnpricedModels> {
      const now = clock();
      const since = new Date(now.getTime() - SEEN_DAYS * DAY_MS);
      const [list, models] = await Promise.all([listInForce(), store.unpriced(since)]);
      const hasPriceNow = (model: string) => findPrice(list, normaliseModelId(model), now) !== null;
      return { since, models: models.map((seen) => ({ ...seen, hasPriceNow: hasPriceNow(seen.model) })) };
    },

    changes: (): Promise<PriceChange[]> => store.changes(CHANGES_SHOWN),

    /**
     * Adds an entry or changes one. An entry that is in force is not rewritten: its change is another entry from now on, so
     * that the list still says what earlier calls were charged by.
     * @throws DomainError invalid_input for what cannot be a price or is to hold in the past; conflict when this model's prices were
     * changed after the person saw them
     */
    async save(actor: Actor, { model: typed, id, effectiveFrom: asked, price, mark }: PriceToSave): Promise<void> {
      const problem = modelProblem(typed) ?? priceDraftProblem(price);
      if (problem !== null) throw new DomainError("invalid_input", problem);
      const now = clock();
      const model = normaliseModelId(typed);
      const effectiveFrom = startOf(asked, now);
      const overrides = await store.list();
      const isLater = overrides.some((known) => known.id === id && known.effectiveFrom > now);
      const common = { model, seenMark: mark, effectiveFrom, price: normalisePriceDraft(price) };
      const replaced = findPrice(withPrices(BUILT_IN_PRICE_LIST, overrides), model, effectiveFrom);
      const change = isLater && id !== null ? { ...common, id } : { ...common, id: null, replaced };
      answer(await store.write(actor, change), model);
    },

    /** Takes an entry away; calls from now on are charged by the one before it. @throws DomainError conflict as `save` */
    async remove(actor: Actor, { model: typed, id, mark }: { model: string; id: number; mark: string }): Promise<void> {
      const model = normaliseModelId(typed);
      answer(await store.write(actor, { model, seenMark: mark, id, price: null }), model);
    },
  };
}

function startOf(asked: Date | null, now: Date): Date {
  if (asked === null) return now;
  if (asked.getTime() < now.getTime() - GRACE_MS) {
    throw new DomainError(
      "invalid_input",
      "This instant is over: what calls cost then is not changed. Choose now, or a later one.",
    );
  }
  return asked < now ? now : asked;
}

function answer(outcome: "written" | "stale" | "taken", model: string): void {
  if (outcome === "stale") {
    throw new DomainError(
      "conflict",
      `Somebody changed the prices of ${model} meanwhile. Look at them, then save again.`,
    );
  }
  if (outcome === "taken") {
    throw new DomainError(
      "conflict",
      `${model} has another price from that instant on. Change that one, or choose another instant.`,
    );
  }
}

function toModelPrices(model: string, all: readonly PriceOverride[], now: Date): ModelPrices {
  const overrides = all
    .filter((override) => override.model === model)
    .toSorted((a, b) => +b.effectiveFrom - +a.effectiveFrom);
  const builtIn = findPrice(BUILT_IN_PRICE_LIST, model, now);
  const override = overrides.find(({ effectiveFrom }) => effectiveFrom <= now) ?? null;
  const price = override ?? builtIn;
  return {
    model,
    builtIn,
    overrides,
    inForce: price === null ? null : { ...bare(price), isOverride: override !== null },
    mark: markOf(overrides),
  };
}

function bare({ model, effectiveFrom, standard, fast, longPrompt }: ModelPrice): ModelPrice {
  return { model, effectiveFrom, standard, fast, longPrompt };
}

/** As this release lists them, models that only people know first. */
function byRelease(a: string, b: string): number {
  const order = [...BUILT_IN_PRICE_LIST.byModel.keys()];
  return order.indexOf(a) - order.indexOf(b) || a.localeCompare(b);
}
