import type { PriceList } from "#domain/price-list.ts";
import { type CallPrices, callPricesOf } from "#domain/reservation.ts";

/** Names come from requests: so many of them are remembered. */
const NAMES_MAX = 1_000;

/** Found once for each price list, which is replaced whole when it is read again. */
const found = new WeakMap<PriceList, Map<string, CallPrices>>();

/** The prices that reservations for a model, as a request spells it, go by. */
export function callPricesFor(prices: PriceList, requestedModel: string): CallPrices {
  const byName = namesOf(prices);
  const known = byName.get(requestedModel);
  if (known !== undefined) return known;
  const callPrices = callPricesOf(prices, requestedModel, new Date());
  byName.set(requestedModel, callPrices);
  return callPrices;
}

function namesOf(prices: PriceList): Map<string, CallPrices> {
  const known = found.get(prices);
  if (known !== undefined && known.size < NAMES_MAX) return known;
  const byName = new Map<string, CallPrices>();
  found.set(prices, byName);
  return byName;
}
