import type { PriceList } from "#domain/price-list.ts";
import { type CallPrices, callPricesOf } from "#domain/reservation.ts";

/** Names come from requests: so many of them are remembered. */
const NAMES_MAX = 1_000;

/** Found once for each price list, which is replaced whole when it is read again. */
const found = new WeakMap<PriceList, Map<string, CallPrices>>();

/** The prices that reservations for a model, as a request spells it, go by. */
export function callPricesFor(prices: PriceList, requestedModel: string): CallPrices {
  let byName = found.get(prices);
  if (byName === undefined || byName.size >= NAMES_MAX) found.set(prices, (byName = new Map()));
  const known = byName.get(requestedModel);
  if (known !== undefined) return known;
  const callPrices = callPricesOf(prices, requestedModel, new Date());
  byName.set(requestedModel, callPrices);
  return callPrices;
}
