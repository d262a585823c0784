import { z } from "zod";

import { parseUsd } from "#domain/money.ts";
import { type ModelPrice, normaliseModelId, type TokenPrices } from "#domain/price-list.ts";

/** A price as it is stored: US dollars per million tokens, as decimal text ("0.125"). */
const usdPerMillion = z.string().transform((text, context) => {
  const amount = parseUsd(text);
  if (amount !== null) return amount;
  context.addIssue({ code: "custom", message: "not a dollar amount" });
  return z.NEVER;
});

const tokenPrices = z.object({
  input: usdPerMillion,
  output: usdPerMillion,
  cacheCreation5m: usdPerMillion,
  cacheCreation1h: usdPerMillion,
  cacheRead: usdPerMillion,
}) satisfies z.ZodType<TokenPrices>;

const storedPrice = z.object({
  model: z.string().min(1),
  effective_from: z.date(),
  price: z.object({
    standard: tokenPrices,
    fast: tokenPrices.nullable().default(null),
    longPrompt: z
      .object({ abovePromptTokens: z.int().min(0), prices: tokenPrices })
      .nullable()
      .default(null),
  }),
});

/** Reads a row of `model_prices`; null when it is not a price. */
export function parseStoredPrice(row: unknown): ModelPrice | null {
  const parsed = storedPrice.safeParse(row);
  if (!parsed.success) return null;
  const { model, effective_from: effectiveFrom, price } = parsed.data;
  return { model: normaliseModelId(model), effectiveFrom, ...price };
}
