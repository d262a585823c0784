import { z } from "zod";

import type { PriceList } from "#domain/price-list.ts";
import { type PricedAs, priceCall } from "#domain/pricing.ts";
import { parseUsage } from "#domain/usage-parsing.ts";

const count = z.int().min(0).max(100_000_000).nullish();
const cacheCreation = z.looseObject({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }).nullish();
const tokenCounts = { input_tokens: count, output_tokens: count, cache_read_input_tokens: count };

/** Anthropic's `usage` object. Stricter than the gateway, which must make do with what it gets: here, a wrong number is said. */
const usageInput = z
  .looseObject({
    ...tokenCounts,
    cache_creation_input_tokens: count,
    cache_creation: cacheCreation,
    server_tool_use: z.looseObject({ web_search_requests: count }).nullish(),
    speed: z.string().nullish(),
    inference_geo: z.string().nullish(),
  })
  .refine((usage) => Object.values(parseUsage(usage)).some((value) => typeof value === "number"), {
    error: "reports no count at all",
  });

const lineInput = z.looseObject({
  model: z.string().min(1),
  usage: usageInput,
  at: z.iso.datetime({ offset: true }).optional(),
});

/** One answer of `npm run price`. Amounts are whole nano-USD, as text: JSON numbers would lose digits. */
export type PricedLine = {
  model: string;
  costNanoUsd: string;
  pricedAs: PricedAs;
  pricedModel: string;
  charges: {
    skuMeter: string;
    pricingQuantity: number;
    pricingUnit: string;
    listUnitPrice: string;
    listCost: string;
  }[];
};

export type LineProblem = { line: number; error: string };

/**
 * Prices one line of JSON, `{"model","usage"[,"at"]}`; without `at`, at `now`. Gives null for a blank line, and
 * a value that says what is wrong for any other that cannot be priced. Never throws.
 */
export function priceLine(
  text: string,
  { line, now, prices }: { line: number; now: Date; prices: PriceList },
): PricedLine | LineProblem | null {
  if (text.trim() === "") return null;
  const parsed = parseJson(text);
  if (parsed === undefined) return { line, error: "not JSON" };
  const input = lineInput.safeParse(parsed);
  if (!input.success) return { line, error: describeIssues(input.error) };

  const { model, usage, at } = input.data;
  const priced = priceCall({
    prices,
    models: [model],
    usage: parseUsage(usage),
    at: at === undefined ? now : new Date(at),
  });
  return {
    model,
    costNanoUsd: priced.listCost.toString(),
    pricedAs: priced.pricedAs,
    pricedModel: priced.model,
    charges: priced.charges.map((charge) => ({
      ...charge,
      listUnitPrice: charge.listUnitPrice.toString(),
      listCost: charge.listCost.toString(),
    })),
  };
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "the line"}: ${issue.message}`).join("; ");
}

/** Undefined for text that is not JSON, which no JSON text is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
