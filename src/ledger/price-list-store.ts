import { BUILT_IN_PRICE_LIST, type PriceList, withPrices } from "#domain/price-list.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";
import { parseStoredPrice } from "#ledger/stored-price.ts";

export type PriceListStore = ReturnType<typeof createPriceListStore>;

/** The prices in force, as the gateway charges them: this release's, and those that were entered since. */
export function createPriceListStore(prisma: PrismaClient) {
  return {
    /** A row that is no price is left out, as the gateway leaves it out (and says so in its log). */
    async read(): Promise<PriceList> {
      const rows = await prisma.modelPrice.findMany();
      const prices = rows.flatMap(({ model, effectiveFrom, price }) => {
        return parseStoredPrice({ model, effective_from: effectiveFrom, price }) ?? [];
      });
      return withPrices(BUILT_IN_PRICE_LIST, prices);
    },
  };
}
