import type { GatewayStatus } from "#agents/gateway-status.ts";
import { DomainError } from "#domain/errors.ts";
import { toUsdText } from "#domain/money.ts";
import type { CostPeriodReport, ReportPeriod, TokenSums } from "#ledger/cost-report.ts";
import { toBudgetBody } from "#portal/rest/agents-route.ts";
import { readAgentRoute } from "#portal/rest/read-route.ts";

const PERIODS: readonly ReportPeriod[] = ["day", "week", "month"];

/** `GET /api/agents/{name}/costs?period=day|week|month`: what an agent cost. Without a period: today. */
export const readAgentCosts = readAgentRoute("/api/agents/[name]/costs", async ({ platform, agent, request }) => {
  const period = toPeriod(new URL(request.url).searchParams.get("period"));
  const [report, budget, gateway] = await Promise.all([
    platform.costs.period(agent.id, period),
    platform.budgets.status(agent),
    platform.gateway.status(),
  ]);
  return { agent: agent.name, ...toReportBody(report), ...toFreshnessBody(gateway), budget: toBudgetBody(budget) };
});

function toPeriod(text: string | null): ReportPeriod {
  const period = PERIODS.find((known) => known === (text ?? "day"));
  if (period === undefined) throw new DomainError("invalid_input", "The period is one of day, week and month.");
  return period;
}

/** Amounts twice: as decimal dollars for people, as whole nano-dollars for programs that add them up. */
function toReportBody(report: CostPeriodReport) {
  const { period, periodStart, periodEnd, listCost, requests, tokens, byModel } = report;
  const { failedRequests, refusedRequests, estimatedRequests } = report;
  return {
    period,
    period_start: periodStart.toISOString(),
    period_end: periodEnd.toISOString(),
    currency: "USD",
    ...toCostBody(listCost),
    requests,
    failed_requests: failedRequests,
    refused_requests: refusedRequests,
    estimated_requests: estimatedRequests,
    tokens: toTokensBody(tokens),
    by_model: byModel.map((model) => ({
      model: model.model,
      ...toCostBody(model.listCost),
      requests: model.requests,
      failed_requests: model.failedRequests,
      refused_requests: model.refusedRequests,
    })),
  };
}

/** While no gateway reports, calls may have been made that nobody has counted: the figures are what is known until then. */
function toFreshnessBody({ state, seenAt }: GatewayStatus) {
  return {
    is_current: state === "reporting",
    known_until: state === "reporting" ? null : (seenAt?.toISOString() ?? null),
  };
}

function toCostBody(listCost: bigint) {
  return { list_cost_usd: toUsdText(listCost), list_cost_nano_usd: listCost.toString() };
}

function toTokensBody(tokens: TokenSums) {
  return {
    input: tokens.inputTokens,
    output: tokens.outputTokens,
    cache_read: tokens.cacheReadInputTokens,
    cache_write_5m: tokens.cacheCreation5mInputTokens,
    cache_write_1h: tokens.cacheCreation1hInputTokens,
  };
}
