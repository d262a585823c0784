import type { NanoUsd } from "#domain/money.ts";
import {
  findPrice,
  type ModelPrice,
  normaliseModelId,
  type PriceList,
  pricesInEffect,
  type TokenPrices,
} from "#domain/price-list.ts";
import type { IterationUsage, TokenUsage } from "#domain/token-usage.ts";
import { iterationsAddUp } from "#domain/usage-parsing.ts";

/** How the price was found: the model's own, the dearest of its family, or the dearest of all. */
export type PricedAs = "list" | "family" | "dearest";

export type SkuMeter =
  | "Input Tokens"
  | "Output Tokens"
  | "Cache Write 5m Tokens"
  | "Cache Write 1h Tokens"
  | "Cache Read Tokens"
  | "Web Search Requests";

/** One priced meter of a call, in the words of FOCUS (the FinOps cost and usage format). */
export type Charge = {
  skuMeter: SkuMeter;
  pricingQuantity: number;
  pricingUnit: "Tokens" | "Requests";
  /** Nano-USD per million tokens, or per request; the geography's surcharge included. */
  listUnitPrice: NanoUsd;
  listCost: NanoUsd;
};

export type PricedCall = {
  /** Equals the sum of the charges. */
  listCost: NanoUsd;
  /** One for each meter (and price of it) that counted anything. */
  charges: Charge[];
  pricedAs: PricedAs;
  /** The normalised id of the model whose price was used. */
  model: string;
};

export type PriceCallInput = {
  prices: PriceList;
  /** The response's model, then the requested one, as they were spelled on the wire; null where none was named. */
  models: readonly (string | null)[];
  usage: TokenUsage;
  /** The instant of the call's admission: the prices in effect then apply. */
  at: Date;
};

/**
 * What a call costs at list price. By the response's model, else the requested one; a model that the list
 * does not know costs what the dearest of its family would for this usage, else the dearest of all, so that
 * an unknown model never counts as free. A count that nobody reported (null) is charged as nothing; the
 * caller marks such a call as estimated.
 *
 * The amount is exact and rounded once, half up, to the nano-dollar; the charges are rounded so that they add
 * up to it. Pure.
 * @throws RangeError for a list without a single price in effect, which no list of ours is
 */
export function priceCall({ prices, models, usage, at }: PriceCallInput): PricedCall {
  const ids: string[] = [];
  for (const name of models) {
    if (name === null) continue;
    // Most names are spelled as the list spells them.
    const id = prices.byModel.has(name) ? name : normaliseModelId(name);
    const known = findPrice(prices, id, at);
    if (known !== null) {
      const { listCost, charges } = charge(prices, known, usage);
      return { listCost, charges, pricedAs: "list", model: id };
    }
    ids.push(id);
  }
  const candidates = pricesInEffect(prices, at);
  for (const family of ids.flatMap((id) => familyOf(id) ?? [])) {
    const relatives = candidates.filter((candidate) => familyOf(candidate.model) === family);
    if (relatives.length > 0) return { ...chargeDearest(prices, relatives, usage), pricedAs: "family" };
  }
  return { ...chargeDearest(prices, candidates, usage), pricedAs: "dearest" };
}

type Charged = { listCost: NanoUsd; charges: Charge[] };

function chargeDearest(prices: PriceList, candidates: ModelPrice[], usage: TokenUsage): Charged & { model: string } {
  const [first, ...others] = candidates.map((entry) => ({ ...charge(prices, entry, usage), entry }));
  if (first === undefined) throw new RangeError("The price list holds no price that is in effect.");
  const dearest = others.reduce((most, next) => (isDearer(next, most) ? next : most), first);
  return { listCost: dearest.listCost, charges: dearest.charges, model: dearest.entry.model };
}

/** By what this call costs; when that says nothing (no tokens yet), by the price of output. */
function isDearer(a: Charged & { entry: ModelPrice }, b: Charged & { entry: ModelPrice }): boolean {
  return a.listCost === b.listCost ? a.entry.standard.output > b.entry.standard.output : a.listCost > b.listCost;
}

function familyOf(model: string): string | null {
  return /\b(?:opus|sonnet|haiku|fable|mythos)\b/.exec(model)?.[0] ?? null;
}

type Metered = {
  skuMeter: SkuMeter;
  pricingQuantity: number;
  pricingUnit: Charge["pricingUnit"];
  unitPrice: NanoUsd;
  percent: bigint;
};

/** Token prices are per million, and the geography's share is in percent: 1/100,000,000 of a nano-dollar is exact. */
const PARTS_PER_NANO_USD = 100_000_000n;

function charge(prices: PriceList, price: ModelPrice, usage: TokenUsage): Charged {
  let parts = 0n;
  let listCost = 0n;
  const charges = metersOf(prices, price, usage).map((metered): Charge => {
    const { skuMeter, pricingQuantity, pricingUnit, unitPrice, percent } = metered;
    const partsPerUnit = pricingUnit === "Tokens" ? unitPrice * percent : unitPrice * PARTS_PER_NANO_USD;
    parts += partsPerUnit * BigInt(pricingQuantity);
    const before = listCost;
    listCost = (parts + PARTS_PER_NANO_USD / 2n) / PARTS_PER_NANO_USD;
    const listUnitPrice = (unitPrice * percent) / 100n;
    return { skuMeter, pricingQuantity, pricingUnit, listUnitPrice, listCost: listCost - before };
  });
  return { listCost, charges };
}

function metersOf(prices: PriceList, price: ModelPrice, usage: TokenUsage): Metered[] {
  const percent = prices.inferenceGeoPercent.get(usage.inferenceGeo ?? "") ?? 100n;
  const metered: Metered[] = [];
  for (const { tokenPrices, counts } of tiersOf(price, usage)) {
    for (const [skuMeter, count, priceOf] of TOKEN_METERS) {
      const pricingQuantity = counts[count] ?? 0;
      if (pricingQuantity === 0) continue;
      metered.push({ skuMeter, pricingQuantity, pricingUnit: "Tokens", unitPrice: tokenPrices[priceOf], percent });
    }
  }
  const searches = usage.webSearchRequests ?? 0;
  if (searches > 0) {
    const unitPrice = prices.webSearchPerRequest;
    const skuMeter = "Web Search Requests";
    metered.push({ skuMeter, pricingQuantity: searches, pricingUnit: "Requests", unitPrice, percent: 100n });
  }
  return metered;
}

type TokenCounts = { [K in keyof IterationUsage]: number | null };

const TOKEN_METERS: readonly [SkuMeter, keyof TokenCounts, keyof TokenPrices][] = [
  ["Input Tokens", "inputTokens", "input"],
  ["Output Tokens", "outputTokens", "output"],
  ["Cache Write 5m Tokens", "cacheCreation5mInputTokens", "cacheCreation5m"],
  ["Cache Write 1h Tokens", "cacheCreation1hInputTokens", "cacheCreation1h"],
  ["Cache Read Tokens", "cacheReadInputTokens", "cacheRead"],
];

type Tier = { tokenPrices: TokenPrices; counts: TokenCounts };

/** The token counts with the prices that apply to them: one pair, unless the call's turns fall on both sides of a tier. */
function tiersOf(price: ModelPrice, usage: TokenUsage): Tier[] {
  if (usage.speed === "fast" && price.fast !== null) return [{ tokenPrices: price.fast, counts: usage }];
  const tier = price.longPrompt;
  if (tier === null) return [{ tokenPrices: price.standard, counts: usage }];
  const turns: readonly TokenCounts[] =
    usage.iterations !== null && iterationsAddUp(usage) ? usage.iterations : [usage];
  const isLong = (counts: TokenCounts) => promptTokens(counts) > tier.abovePromptTokens;
  return [
    { tokenPrices: price.standard, counts: sum(turns.filter((counts) => !isLong(counts))) },
    { tokenPrices: tier.prices, counts: sum(turns.filter(isLong)) },
  ];
}

function promptTokens(counts: TokenCounts): number {
  const written = (counts.cacheCreation5mInputTokens ?? 0) + (counts.cacheCreation1hInputTokens ?? 0);
  return (counts.inputTokens ?? 0) + (counts.cacheReadInputTokens ?? 0) + written;
}

function sum(turns: readonly TokenCounts[]): TokenCounts {
  const total = (count: keyof TokenCounts) => turns.reduce((tokens, turn) => tokens + (turn[count] ?? 0), 0);
  return {
    inputTokens: total("inputTokens"),
    outputTokens: total("outputTokens"),
    cacheReadInputTokens: total("cacheReadInputTokens"),
    cacheCreation5mInputTokens: total("cacheCreation5mInputTokens"),
    cacheCreation1hInputTokens: total("cacheCreation1hInputTokens"),
  };
}
