import { z } from "zod";

import { rowIdInput } from "#portal/api/limit-schemas.ts";
import { plainText } from "#portal/api/schemas.ts";
import { adminProcedure, router } from "#portal/api/trpc.ts";

const amount = plainText({ max: 100 });
const tokenPrices = z.object({
  input: amount,
  output: amount,
  cacheRead: amount,
  cacheCreation5m: amount,
  cacheCreation1h: amount,
});
const named = z.object({ model: plainText({ max: 300, error: "Name the model." }), mark: plainText({ max: 100_000 }) });
const saveInput = named.extend({
  id: rowIdInput.nullable(),
  effectiveFrom: z.date({ error: "Choose from when the price holds." }).nullable(),
  price: z.object({
    standard: tokenPrices,
    fast: tokenPrices.nullable(),
    longPrompt: z.object({ abovePromptTokens: z.number(), prices: tokenPrices }).nullable(),
  }),
});

/** What tokens cost, and what people set in place of the list. For admins. */
export const pricesRouter = router({
  list: adminProcedure.query(({ ctx }) => ctx.platform.priceOverrides.list()),

  unpriced: adminProcedure.query(({ ctx }) => ctx.platform.priceOverrides.unpriced()),

  changes: adminProcedure.query(({ ctx }) => ctx.platform.priceOverrides.changes()),

  save: adminProcedure
    .input(saveInput)
    .mutation(({ ctx, input }) => ctx.platform.priceOverrides.save(ctx.actor, input)),

  remove: adminProcedure
    .input(named.extend({ id: rowIdInput }))
    .mutation(({ ctx, input }) => ctx.platform.priceOverrides.remove(ctx.actor, input)),
});
