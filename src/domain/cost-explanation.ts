import type { NanoUsd } from "#domain/money.ts";
import type { PriceList } from "#domain/price-list.ts";
import { type Charge, priceCall } from "#domain/pricing.ts";
import type { TokenUsage } from "#domain/token-usage.ts";

/** Of a recorded call what decides on its cost. */
export type ChargedCall = {
  admittedAt: Date;
  model: string;
  requestedModel: string | null;
  listCost: NanoUsd;
  pricedAs: "list" | "family" | "dearest" | "none";
  usage: Omit<TokenUsage, "speed" | "inferenceGeo" | "iterations">;
};

/** How a recorded cost comes about. */
export type CostExplanation = {
  /** The prices that were taken: those of this model. */
  pricedModel: string;
  /** The fast mode's prices, or those of a geography: the cost says so, the ledger does not record it. */
  speed: TokenUsage["speed"];
  inferenceGeo: string | null;
  charges: Charge[];
  /** What the lines do not come to: the cost less their sum, in nano-USD. 0 as a rule. */
  unexplained: NanoUsd;
};

/**
 * The lines that a recorded cost is made of, at the prices in effect at the call. Whether a call was in the fast mode or in a
 * geography with a surcharge is not recorded: the variant is taken whose sum is the cost, and where there is none (prices were
 * corrected since, or an answer of several turns on both sides of a price) the plain prices, with what they leave
 * unexplained. Null: nothing was charged. Pure.
 */
export function explainCost({ prices, call }: { prices: PriceList; call: ChargedCall }): CostExplanation | null {
  if (call.pricedAs === "none") return null;
  const variants = variantsOf(prices).map((variant) => {
    const usage: TokenUsage = { ...call.usage, ...variant, iterations: null };
    const priced = priceCall({ prices, models: [call.model, call.requestedModel], usage, at: call.admittedAt });
    const unexplained = call.listCost - priced.listCost;
    return { ...variant, pricedModel: priced.model, charges: priced.charges, unexplained };
  });
  return variants.find(({ unexplained }) => unexplained === 0n) ?? variants[0] ?? null;
}

type Variant = Pick<TokenUsage, "speed" | "inferenceGeo">;

/** The plain one first. */
function variantsOf(prices: PriceList): Variant[] {
  const places = [null, ...prices.inferenceGeoPercent.keys()];
  return (["standard", "fast"] as const).flatMap((speed) => places.map((inferenceGeo) => ({ speed, inferenceGeo })));
}
