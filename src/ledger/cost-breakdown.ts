import { cacheSaving } from "#domain/cache-saving.ts";
import { DomainError } from "#domain/errors.ts";
import { isTimeZone, lastDays } from "#domain/period.ts";
import type { PriceList } from "#domain/price-list.ts";
import { TOKEN_TYPES, type TokenType, tokenCosts } from "#domain/token-cost.ts";
import type { CostBreakdownStore, HourSums, ModelDay } from "#ledger/cost-breakdown-store.ts";

/** An agent's cost by what was paid for, in nano-USD at list price. */
export type CostBreakdown = {
  /** As the ledger has it. */
  listCost: bigint;
  /** What the tokens come to at the plain prices of their day. */
  byType: Record<TokenType, bigint>;
  webSearches: bigint;
  /** What the parts do not tell of `listCost`: surcharges, estimates, models without a known price. May be below zero. */
  rest: bigint;
  /** What caching saved, about; null: no call was to a model whose price is known. */
  saved: bigint | null;
  /** Of all input tokens, the share that was read from the cache, 0 to 1; null: there was no input. */
  hitShare: number | null;
  /** Models without a known price. Their cost is in `rest`. */
  unknownModels: string[];
};

export type CostBreakdowns = ReturnType<typeof createCostBreakdowns>;

/** What an agent's money went to. The caller has made sure that the person may see the agent. */
export function createCostBreakdowns(store: CostBreakdownStore, prices: () => Promise<PriceList>, clock: () => Date) {
  return {
    /** Of the last `days` UTC days, today included. */
    async byType(agentId: number, days: number): Promise<CostBreakdown> {
      const [uses, priceList] = await Promise.all([store.modelDays(agentId, lastDays(days, clock())), prices()]);
      return breakDown(uses, priceList);
    },

    /**
     * The same days by hour of the day and day of the week, as the clocks of `timeZone` (an IANA name) show them.
     * @throws DomainError invalid_input for a zone that is not known
     */
    async byHour(agentId: number, days: number, timeZone: string): Promise<{ timeZone: string; hours: HourSums[] }> {
      if (!isTimeZone(timeZone)) throw new DomainError("invalid_input", `There is no time zone ${timeZone}.`);
      return { timeZone, hours: await store.byHour(agentId, lastDays(days, clock()), timeZone) };
    },
  };
}

/** Each day at its own prices. */
function breakDown(uses: readonly ModelDay[], prices: PriceList): CostBreakdown {
  const priced = uses.map((use) => {
    const at = { prices, at: use.dayStart };
    return { use, costs: tokenCosts(at, use.model, use), saved: cacheSaving(at, use.model, use) };
  });
  const known = priced.flatMap(({ saved }) => saved ?? []);
  const typeSum = (type: TokenType) => sum(priced.map(({ costs }) => costs?.[type] ?? 0n));
  const byType: Record<TokenType, bigint> = {
    inputTokens: typeSum("inputTokens"),
    outputTokens: typeSum("outputTokens"),
    cacheReadInputTokens: typeSum("cacheReadInputTokens"),
    cacheCreation5mInputTokens: typeSum("cacheCreation5mInputTokens"),
    cacheCreation1hInputTokens: typeSum("cacheCreation1hInputTokens"),
  };
  const webSearches = sum(uses.map((use) => BigInt(use.webSearchRequests) * prices.webSearchPerRequest));
  const listCost = sum(uses.map((use) => use.listCost));
  const input = uses.reduce((tokens, use) => tokens + inputOf(use), 0);
  const read = uses.reduce((tokens, use) => tokens + use.cacheReadInputTokens, 0);
  return {
    listCost,
    byType,
    webSearches,
    rest: listCost - webSearches - sum(TOKEN_TYPES.map((type) => byType[type])),
    saved: known.length === 0 ? null : sum(known),
    hitShare: input === 0 ? null : read / input,
    unknownModels: [...new Set(priced.flatMap(({ use, costs }) => (costs === null ? use.model : [])))],
  };
}

function inputOf(use: ModelDay): number {
  return use.inputTokens + use.cacheReadInputTokens + use.cacheCreation5mInputTokens + use.cacheCreation1hInputTokens;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
