import { toUsdText } from "#domain/money.ts";
import type { BudgetStatus } from "#limits/budgets.ts";
import { type AgentRow, agentRows } from "#portal/api/agent-rows.ts";
import { readRoute } from "#portal/rest/read-route.ts";

/** `GET /api/agents`: the agents that the caller may see, with what they cost today and this month. */
export const listAgents = readRoute("/api/agents", async ({ platform, actor }) => ({
  agents: (await agentRows(platform, actor)).map(toAgentBody),
}));

/** Limits and spend in decimal dollars; a limit that is not set is null. */
export function toBudgetBody({ actionOnExceed, day, month }: BudgetStatus) {
  return {
    action_on_exceed: actionOnExceed,
    daily_limit_usd: day.limit === null ? null : toUsdText(day.limit),
    monthly_limit_usd: month.limit === null ? null : toUsdText(month.limit),
    daily_spent_usd: toUsdText(day.spent),
    monthly_spent_usd: toUsdText(month.spent),
  };
}

/** `is_guarded`: its calls come by, so that they are metered and its budget can stop them. */
function toAgentBody({ name, owner, type, template, routing, today, month, budget, ...seen }: AgentRow) {
  return {
    agent: name,
    owner: owner?.name ?? null,
    type,
    template,
    routing,
    is_guarded: routing === "gateway",
    currency: "USD",
    today_usd: toUsdText(today),
    month_usd: toUsdText(month),
    requests_today: seen.requestsToday,
    last_seen_at: seen.lastSeenAt?.toISOString() ?? null,
    budget: toBudgetBody(budget),
  };
}
