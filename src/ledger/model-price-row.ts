import { z } from "zod";

import { type NanoUsd, parseUsd } from "#domain/money.ts";
import { type ModelPrice, normaliseModelId } from "#domain/price-list.ts";

/** Dollars per million tokens, as price pages print them: 6.25 or "6.25". */
const dollars = z.union([z.string(), z.number()]).transform((amount, context): NanoUsd => {
  const nanoUsd = parseUsd(String(amount));
  if (nanoUsd !== null) return nanoUsd;
  context.addIssue({ code: "custom", message: 'must be dollars per million tokens, such as "6.25"' });
  return z.NEVER;
});

const tokenPrices = z.strictObject({
  input: dollars,
  output: dollars,
  cacheCreation5m: dollars,
  cacheCreation1h: dollars,
  cacheRead: dollars,
});

const modelPriceRow = z.object({
  model: z.string().min(1).transform(normaliseModelId),
  effectiveFrom: z.date(),
  price: z.strictObject({
    standard: tokenPrices,
    fast: tokenPrices.nullable().default(null),
    longPrompt: z
      .strictObject({ abovePromptTokens: z.int().min(1), prices: tokenPrices })
      .nullable()
      .default(null),
  }),
});

/**
 * Reads one row of `model_prices`: `price` is JSON with amounts in dollars per million tokens, for example
 * `{"standard":{"input":4,"output":20,"cacheCreation5m":5,"cacheCreation1h":8,"cacheRead":"0.2"}}`, with
 * `fast` and `longPrompt` where the model has them. The model may be in any spelling.
 * Gives a sentence about what is wrong for a row that cannot be used: such a row must be logged and left out.
 */
export function parseModelPriceRow(row: {
  model: unknown;
  effectiveFrom: unknown;
  price: unknown;
}): { ok: true; price: ModelPrice } | { ok: false; problem: string } {
  const parsed = modelPriceRow.safeParse(row);
  if (parsed.success) {
    const { model, effectiveFrom, price } = parsed.data;
    return { ok: true, price: { model, effectiveFrom, ...price } };
  }
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  return { ok: false, problem: `Price of ${String(row.model)} not usable: ${problems.join("; ")}` };
}
