import type { Spend } from "#domain/budget.ts";
import { lastDays, periodAt, type Span } from "#domain/period.ts";
import type {
  AgentActivity,
  CostReportStore,
  ModelSums,
  ThresholdAlert,
  TokenSums,
  UsageSums,
} from "#ledger/cost-report-store.ts";

export type { AgentActivity, ThresholdAlert, TokenSums } from "#ledger/cost-report-store.ts";

export const REPORT_PERIODS = ["day", "week", "month"] as const;
/** day: the current UTC day. week: the last 7 UTC days, today included. month: the current UTC month. */
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

export type DayCost = { dayStart: Date; listCost: bigint; requests: number; tokens: TokenSums };
export type ModelCost = {
  model: string;
  listCost: bigint;
  /** All of them: those that failed or were refused cost nothing and are counted beside. */
  requests: number;
  failedRequests: number;
  refusedRequests: number;
  tokens: TokenSums;
};
export type CostsByDay = { days: DayCost[]; total: bigint; estimatedRequests: number };
export type CostsByModel = { models: ModelCost[] };

/** What an agent cost in one period, half-open: `periodEnd` is the first instant after it. */
export type CostPeriodReport = {
  period: ReportPeriod;
  periodStart: Date;
  periodEnd: Date;
  listCost: bigint;
  requests: number;
  failedRequests: number;
  refusedRequests: number;
  estimatedRequests: number;
  tokens: TokenSums;
  byModel: ModelCost[];
};

const NO_SPEND: Spend = { day: 0n, month: 0n };
const NO_TOKENS: TokenSums = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheCreation5mInputTokens: 0,
  cacheCreation1hInputTokens: 0,
  webSearchRequests: 0,
};

export type Costs = ReturnType<typeof createCosts>;

/**
 * What agents cost, in nano-USD at list price, by UTC day. A day without calls is a known zero: every call is
 * in the ledger. The caller has made sure that the person may see the agent.
 */
export function createCosts(store: CostReportStore, clock: () => Date) {
  return {
    /** Exactly `days` entries, the oldest first, the last being the current day. */
    async byDay(agentId: number, days: number): Promise<CostsByDay> {
      const span = lastDays(days, clock());
      const sums = await store.byDay(agentId, span);
      const known = new Map(sums.map((day) => [day.dayStart.getTime(), day]));
      return {
        days: daysOf(span).map((dayStart) => {
          const { listCost = 0n, requests = 0, tokens = NO_TOKENS } = known.get(dayStart.getTime()) ?? {};
          return { dayStart, listCost, requests, tokens };
        }),
        total: sums.reduce((sum, day) => sum + day.listCost, 0n),
        estimatedRequests: sums.reduce((sum, day) => sum + day.estimatedRequests, 0),
      };
    },

    /** The models an agent used in the last `days` UTC days, the dearest first. */
    async byModel(agentId: number, days: number): Promise<CostsByModel> {
      return { models: (await store.byModel(agentId, lastDays(days, clock()))).map(toModelCost) };
    },

    /** Cost, tokens and models of one period. */
    async period(agentId: number, period: ReportPeriod): Promise<CostPeriodReport> {
      const span = reportSpan(period, clock());
      const models = await store.byModel(agentId, span);
      return {
        period,
        periodStart: span.start,
        periodEnd: span.end,
        listCost: models.reduce((sum, model) => sum + model.listCost, 0n),
        requests: models.reduce((sum, model) => sum + model.requests, 0),
        failedRequests: models.reduce((sum, model) => sum + model.failedRequests, 0),
        refusedRequests: models.reduce((sum, model) => sum + model.refusedRequests, 0),
        estimatedRequests: models.reduce((sum, model) => sum + model.estimatedRequests, 0),
        tokens: models.map((model) => model.tokens).reduce(addTokens, NO_TOKENS),
        byModel: models.map(toModelCost),
      };
    },

    /** Spend and calls of each agent in the current UTC day and month. Two queries for any number of agents. */
    async activityOf(agentIds: readonly number[]): Promise<Map<number, AgentActivity>> {
      const now = clock();
      const [spends, calls] = await Promise.all([store.spendOf(agentIds, now), store.callsOf(agentIds, now)]);
      return new Map(
        agentIds.map((id) => {
          const call = calls.get(id);
          const activity = { requestsToday: call?.today ?? 0, lastSeenAt: call?.lastSeenAt ?? null };
          return [id, { spend: spends.get(id) ?? NO_SPEND, ...activity }];
        }),
      );
    },

    /** The thresholds of its own budget that the agent crossed in the current day and month of the budget's zone, the newest first. */
    alerts: (agentId: number, timeZone: string): Promise<ThresholdAlert[]> =>
      store.alertsOf(agentId, clock(), timeZone),
  };
}

function reportSpan(period: ReportPeriod, now: Date): Span {
  return period === "week" ? lastDays(7, now) : periodAt(period, now);
}

function daysOf(span: Span): Date[] {
  const days: Date[] = [];
  for (const day = new Date(span.start); day < span.end; day.setUTCDate(day.getUTCDate() + 1)) days.push(new Date(day));
  return days;
}

function toModelCost({ model, listCost, requests, failedRequests, refusedRequests, tokens }: ModelSums): ModelCost {
  return { model, listCost, requests, failedRequests, refusedRequests, tokens };
}

function addTokens(a: UsageSums["tokens"], b: UsageSums["tokens"]): TokenSums {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadInputTokens: a.cacheReadInputTokens + b.cacheReadInputTokens,
    cacheCreation5mInputTokens: a.cacheCreation5mInputTokens + b.cacheCreation5mInputTokens,
    cacheCreation1hInputTokens: a.cacheCreation1hInputTokens + b.cacheCreation1hInputTokens,
    webSearchRequests: a.webSearchRequests + b.webSearchRequests,
  };
}
