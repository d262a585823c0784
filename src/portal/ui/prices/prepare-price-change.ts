import { z } from "zod";

import { TOKEN_PRICE_NAMES, TOKEN_PRICE_WORDS } from "#domain/price-draft.ts";
import { utcMinute } from "#portal/ui/prices/utc-minute.ts";

const tokens = z.object({
  input: z.string(),
  output: z.string(),
  cacheRead: z.string(),
  cacheCreation5m: z.string(),
  cacheCreation1h: z.string(),
});
const kept = z.object({
  effectiveFrom: z.iso.datetime(),
  price: z.object({
    standard: tokens,
    fast: tokens.nullish(),
    longPrompt: z.object({ abovePromptTokens: z.number(), prices: tokens }).nullish(),
  }),
});

/** A price as the record of changes has it, in one line; "none" where there was none. */
export function describePrice(recorded: unknown): string {
  const parsed = kept.safeParse(recorded);
  if (!parsed.success) return "none";
  const { effectiveFrom, price } = parsed.data;
  const at = new Date(effectiveFrom);
  const parts = [
    describeTokens(price.standard),
    ...(price.longPrompt
      ? [
          `over ${price.longPrompt.abovePromptTokens.toLocaleString("en-US")} tokens: ${describeTokens(price.longPrompt.prices)}`,
        ]
      : []),
    ...(price.fast ? [`fast mode: ${describeTokens(price.fast)}`] : []),
    ...(at.getTime() === 0 ? ["built-in list"] : [`from ${utcMinute(at)}`]),
  ];
  return parts.join("; ");
}

function describeTokens(prices: z.infer<typeof tokens>): string {
  return TOKEN_PRICE_NAMES.map((name) => `${TOKEN_PRICE_WORDS[name].toLowerCase()} $${prices[name]}`).join(", ");
}
