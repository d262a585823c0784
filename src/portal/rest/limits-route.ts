import { z } from "zod";

import type { AgentRecord } from "#agents/agents.ts";
import { toUsdText } from "#domain/money.ts";
import type { BudgetForecast, BudgetStatus } from "#limits/budgets.ts";
import type { AgentRates } from "#limits/rate-limits.ts";
import type { Platform } from "#platform.ts";
import { limitsInput, ratesInput, versionInput } from "#portal/api/limit-schemas.ts";
import { plainText } from "#portal/api/schemas.ts";
import { parseBody } from "#portal/rest/parse-body.ts";
import { readAgentRoute } from "#portal/rest/read-route.ts";
import { writeAgentRoute } from "#portal/rest/write-route.ts";

const BUDGET = "/api/agents/[name]/budget";
const RATES = "/api/agents/[name]/rate-limits";

const SCOPES = ["costs:read", "limits:write"] as const;

/** Back to the default; the version is the one that was read. */
const followInput = z.strictObject({ ...versionInput.shape, follows_default: z.literal(true) });

const amount = plainText({ max: 100, error: 'Write dollars as text, such as "10" or "0.25", or null.' }).nullable();

const budgetInput = changes({
  daily_limit_usd: amount.optional(),
  monthly_limit_usd: amount.optional(),
  action_on_exceed: limitsInput.shape.actionOnExceed,
  warning_thresholds: limitsInput.shape.warningThresholds,
  time_zone: limitsInput.shape.timeZone,
  reservation: limitsInput.shape.reservation,
  hard_stop: limitsInput.shape.hardStop,
  pause_on_runaway: limitsInput.shape.pauseOnRunaway,
});

const rateInput = changes({
  requests_per_minute: ratesInput.shape.requestsPerMinute.optional(),
  tokens_per_minute: ratesInput.shape.tokensPerMinute.optional(),
});

/** At least one of the fields, and no other: a misspelt limit is none, and its program must not believe that it is set. */
function changes<S extends z.core.$ZodLooseShape>(fields: S) {
  const input = z.strictObject({ ...versionInput.shape, follows_default: z.literal(false).optional(), ...fields });
  const names = Object.keys(fields);
  return input.refine((body) => names.some((name) => name in body), `Say what is to change: ${names.join(", ")}.`);
}

/** Who asks to follow the default asks for nothing else. */
function asksToFollow(body: unknown): boolean {
  return typeof body === "object" && body !== null && "follows_default" in body && body.follows_default === true;
}

/** `GET /api/agents/{name}/budget`: limits, spend, forecast. */
export const readAgentBudget = readAgentRoute(BUDGET, ({ platform, agent }) => budgetBody(platform, agent), SCOPES);

/**
 * `PUT /api/agents/{name}/budget` {version, daily_limit_usd, …} or {version, follows_default: true}, for admins. `version` is
 * the one that was read; what is left out stays as it is. Answers as GET does.
 */
export const writeAgentBudget = writeAgentRoute(BUDGET, async ({ platform, actor, agent, body }) => {
  const { id, name } = agent;
  if (asksToFollow(body)) {
    const { version } = parseBody(followInput, body);
    await platform.budgetChanges.follow(actor, [{ id, name, version }]);
  } else {
    const input = parseBody(budgetInput, body);
    await platform.budgetChanges.set(
      actor,
      { scope: "agent", id, name },
      {
        version: input.version,
        daily: input.daily_limit_usd,
        monthly: input.monthly_limit_usd,
        actionOnExceed: input.action_on_exceed,
        warningThresholds: input.warning_thresholds,
        timeZone: input.time_zone,
        reservation: input.reservation,
        hardStop: input.hard_stop,
        pauseOnRunaway: input.pause_on_runaway,
      },
    );
  }
  return budgetBody(platform, agent);
});

/** `GET /api/agents/{name}/rate-limits`: limits per minute, what counts now, and refusals of the last hour. */
export const readAgentRates = readAgentRoute(
  RATES,
  async ({ platform, agent }) => toRatesBody(agent, await platform.rateLimits.status(agent)),
  SCOPES,
);

/**
 * `PUT /api/agents/{name}/rate-limits` {version, requests_per_minute, tokens_per_minute} or {version, follows_default: true}.
 * What is left out stays as it is.
 */
export const writeAgentRates = writeAgentRoute(RATES, async ({ platform, actor, agent, body }) => {
  const { id, name } = agent;
  if (asksToFollow(body)) {
    await platform.rateLimits.clear(actor, { id, name }, parseBody(followInput, body).version);
  } else {
    const { settings } = await platform.rateLimits.status(agent);
    const {
      version,
      requests_per_minute: requestsPerMinute = settings.requestsPerMinute,
      tokens_per_minute: tokensPerMinute = settings.tokensPerMinute,
    } = parseBody(rateInput, body);
    await platform.rateLimits.set(actor, { scope: "agent", id, name }, { version, requestsPerMinute, tokensPerMinute });
  }
  return toRatesBody(agent, await platform.rateLimits.status(agent));
});

async function budgetBody(platform: Platform, agent: AgentRecord) {
  const { budget, forecast, pool, pause, stoppedBy } = await platform.budgets.of(agent);
  return {
    agent: agent.name,
    currency: "USD",
    version: budget.version,
    follows_default: budget.followsDefault,
    action_on_exceed: budget.actionOnExceed,
    warning_thresholds: budget.warningThresholds,
    time_zone: budget.timeZone,
    reservation: budget.reservation,
    hard_stop: budget.hardStop,
    pause_on_runaway: budget.pauseOnRunaway,
    state: stoppedBy === null ? budget.state : "blocked",
    stopped_by: budget.state === "blocked" ? "agent" : (stoppedBy?.scope ?? null),
    day: toPeriodBody(budget, forecast, "day"),
    month: toPeriodBody(budget, forecast, "month"),
    pool: pool?.name ?? null,
    paused_since: pause?.at.toISOString() ?? null,
    updated_at: budget.updatedAt?.toISOString() ?? null,
    updated_by: budget.updatedBy,
  };
}

/** `limit_usd` is in force, increases included; a forecast that nobody can make is null. */
function toPeriodBody(budget: BudgetStatus, forecast: BudgetForecast, period: "day" | "month") {
  const { spent, limit, savedLimit, usedPercent, resetsAt } = budget[period];
  const { endsAt = null, reachesLimitAt = null } = forecast[period] ?? {};
  const usd = (amount: bigint | null) => (amount === null ? null : toUsdText(amount));
  return {
    spent_usd: usd(spent),
    limit_usd: usd(limit),
    saved_limit_usd: usd(savedLimit),
    used_percent: usedPercent,
    resets_at: resetsAt.toISOString(),
    forecast_usd: usd(endsAt),
    reaches_limit_at: reachesLimitAt?.toISOString() ?? null,
  };
}

/** What counts now is null where the gateway cannot be asked. */
function toRatesBody(agent: AgentRecord, { settings, live, refusedLastHour }: AgentRates) {
  return {
    agent: agent.name,
    version: settings.version,
    follows_default: settings.followsDefault,
    requests_per_minute: settings.requestsPerMinute,
    tokens_per_minute: settings.tokensPerMinute,
    requests_used: live?.requestsUsed ?? null,
    tokens_used: live?.tokensUsed ?? null,
    resets_at: live?.resetsAt?.toISOString() ?? null,
    refused_last_hour: refusedLastHour,
    updated_at: settings.updatedAt?.toISOString() ?? null,
    updated_by: settings.updatedBy,
  };
}
