import { type NanoUsd, toUsdText } from "#domain/money.ts";
import type { CallDetail } from "#portal/client/answers.ts";

/** Texts of one line: "1,200 · $3 per million · $0.0036". */
export type CostLine = { name: string; count: number; price: string; cost: string };

export type CostView = {
  lines: CostLine[];
  /** What the lines do not come to; null: nothing. */
  rest: string | null;
  notes: string[];
};

const NAMES = {
  "Input Tokens": "Input",
  "Output Tokens": "Output",
  "Cache Write 5m Tokens": "Cache write, 5 min",
  "Cache Write 1h Tokens": "Cache write, 1 h",
  "Cache Read Tokens": "Cache read",
  "Web Search Requests": "Web searches",
} as const;

/** How the cost of a call comes about, in words and exact amounts. */
export function prepareCost({
  cost,
  isEstimated,
  listCost,
}: Pick<CallDetail, "cost" | "isEstimated" | "listCost">): CostView {
  if (cost === null) return { lines: [], rest: null, notes: [NOTHING] };
  const lines = cost.charges.map(({ skuMeter, pricingQuantity, pricingUnit, listUnitPrice, listCost: part }) => ({
    name: NAMES[skuMeter],
    count: pricingQuantity,
    price: `${usd(listUnitPrice)} ${pricingUnit === "Tokens" ? "per million" : "each"}`,
    cost: usd(part),
  }));
  const isTold = cost.unexplained === 0n;
  const notes = [
    `At the list price of ${cost.pricedModel} at the time of the call.`,
    cost.speed === "fast" ? "The fast mode has prices of its own." : null,
    cost.inferenceGeo === null ? null : `Inference in “${cost.inferenceGeo}” costs more: it is in the prices.`,
    isEstimated ? "Counts are an estimate: the upstream's own were not all seen." : null,
    isTold ? null : REST,
    listCost === 0n && lines.length === 0 && isTold ? NOTHING : null,
  ].filter((note) => note !== null);
  return { lines, rest: isTold ? null : signed(cost.unexplained), notes };
}

const NOTHING = "Nothing was charged for this call.";
const REST =
  "The ledger holds another amount than these prices come to: they were changed since, or the answer had several turns with prices of their own.";

function usd(amount: NanoUsd): string {
  return `$${toUsdText(amount)}`;
}

function signed(amount: NanoUsd): string {
  return amount < 0n ? `−${usd(-amount)}` : `+${usd(amount)}`;
}
