import { findInsights, type Insight, type InsightDay } from "#domain/insights.ts";
import type { NanoUsd } from "#domain/money.ts";
import { lastDays, type Span } from "#domain/period.ts";
import { findPrice, normaliseModelId, type PriceList } from "#domain/price-list.ts";
import type { CallFactsStore, ModelFacts } from "#ledger/call-facts-store.ts";
import type { FleetReportStore, Scope } from "#ledger/fleet-report-store.ts";

export type Insights = ReturnType<typeof createInsights>;
/** `span`: the UTC days that were looked at, as the lists of calls take it. */
export type FoundInsights = { insights: Insight[]; span: Span; days: number };
type InsightParts = {
  facts: CallFactsStore;
  sums: Pick<FleetReportStore, "sums">;
  prices: () => Promise<PriceList>;
  clock: () => Date;
};

/** Days as far back as any view looks. */
const LOOKED_AT_DAYS = 31;

/** Sentences worth telling of many agents, or of one. The caller has made sure that the person may see them. */
export function createInsights({ facts, sums, prices, clock }: InsightParts) {
  return {
    /** Of the last `days` UTC days, today included. Three small queries, however many calls. */
    async of(scope: Scope, days: number): Promise<FoundInsights> {
      const now = clock();
      const span = lastDays(days, now);
      const [total, byDay, models, priceList] = await Promise.all([
        sums.sums(scope, span),
        facts.promptDays(scope, span),
        facts.byModel(scope, span),
        prices(),
      ]);
      const found = findInsights({ span, ...total, days: byDay, looked: sumUp(models, priceList, now) });
      return { insights: found, span, days };
    },

    /** Looks at the calls that are new since the last time. Some milliseconds for a day of an agent. */
    async refresh(isStopped: () => boolean = () => false): Promise<void> {
      const now = clock();
      const { start } = lastDays(LOOKED_AT_DAYS, now);
      while (!isStopped() && (await facts.lookAgain(start, now)) > 0);
    },
  };
}

export type { Insight, InsightDay };

function sumUp(models: readonly ModelFacts[], prices: PriceList, at: Date) {
  const sum = (of: (facts: ModelFacts) => bigint) => models.reduce((total, model) => total + of(model), 0n);
  return {
    listCost: sum(({ listCost }) => listCost),
    subagentCost: sum(({ subagentCost }) => subagentCost),
    heavyRequests: models.reduce((total, { heavyRequests }) => total + heavyRequests, 0),
    heavyCost: sum(({ heavyCost }) => heavyCost),
    unreadWriteCost: sum((model) => unreadCost(model, prices, at)),
  };
}

/** At the standard price: fast mode and long prompts cost more, and a model whose price is unknown counts as nothing. */
function unreadCost(model: ModelFacts, prices: PriceList, at: Date): NanoUsd {
  const price = findPrice(prices, normaliseModelId(model.model), at)?.standard;
  if (price === undefined) return 0n;
  const { unread5mTokens, unread1hTokens } = model;
  const cost =
    (price.cacheCreation5m * BigInt(unread5mTokens) + price.cacheCreation1h * BigInt(unread1hTokens)) / 1_000_000n;
  return cost < model.listCost ? cost : model.listCost;
}
