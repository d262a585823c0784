import type { NanoUsd } from "#domain/money.ts";
import { BUILT_IN_PRICES, type ModelPrice, type TokenPrices } from "#domain/prices.ts";

export type { ModelPrice, TokenPrices };

/** All prices in force, by model, each model's entries newest first. */
export type PriceList = {
  byModel: ReadonlyMap<string, readonly ModelPrice[]>;
  /** Nano-USD per web search request. */
  webSearchPerRequest: NanoUsd;
  /** Whole percents of the token prices, by `usage.inference_geo`; a geography not named costs 100. */
  inferenceGeoPercent: ReadonlyMap<string, bigint>;
};

/** The prices that this release knows. */
export const BUILT_IN_PRICE_LIST: PriceList = {
  byModel: groupByModel(BUILT_IN_PRICES),
  webSearchPerRequest: 10_000_000n,
  inferenceGeoPercent: new Map([["us", 110n]]),
};

/**
 * The list with further dated entries. An entry of the same model and instant replaces the one in the list;
 * any other stands beside it. The given list is not changed.
 */
export function withPrices(list: PriceList, extra: readonly ModelPrice[]): PriceList {
  return { ...list, byModel: groupByModel([...[...list.byModel.values()].flat(), ...extra]) };
}

/** The entry of a model (normalised id) in effect at an instant; null when the list has none. */
export function findPrice(list: PriceList, model: string, at: Date): ModelPrice | null {
  return list.byModel.get(model)?.find((entry) => entry.effectiveFrom <= at) ?? null;
}

/** Every model's entry in effect at an instant. */
export function pricesInEffect(list: PriceList, at: Date): ModelPrice[] {
  return [...list.byModel.keys()].flatMap((model) => findPrice(list, model, at) ?? []);
}

/**
 * The one spelling of a model's id that prices are kept under: lower case, without provider path or region
 * ("us.anthropic.", "anthropic/"), version ("-v1:0"), date ("-20250929", "@20250929") and "[1m]"; versions
 * joined by hyphens ("4.5" is "4-5"), and with their zero ("claude-opus-4" is "claude-opus-4-0").
 */
export function normaliseModelId(model: string): string {
  const id = model
    .trim()
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/^(?:[a-z]+(?:-[a-z]+)*\.)?anthropic\./, "")
    .replace(/\[1m\]$/, "")
    .replace(/-v\d+(?::\d+)*$/, "")
    .replace(/[-@](?:\d{8}|latest|default)$/, "")
    .replace(/(\d)\.(\d)/g, "$1-$2");
  return /^claude-(?:opus|sonnet)-4$/.test(id) ? `${id}-0` : id;
}

function groupByModel(entries: readonly ModelPrice[]): Map<string, ModelPrice[]> {
  const byModel = new Map<string, ModelPrice[]>();
  for (const entry of entries) {
    const others = (byModel.get(entry.model) ?? []).filter((other) => +other.effectiveFrom !== +entry.effectiveFrom);
    byModel.set(
      entry.model,
      [...others, entry].toSorted((a, b) => +b.effectiveFrom - +a.effectiveFrom),
    );
  }
  return byModel;
}
