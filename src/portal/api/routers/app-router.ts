import { accountRouter } from "#portal/api/routers/account.ts";
import { adoptionRouter } from "#portal/api/routers/adoption.ts";
import { agentsRouter } from "#portal/api/routers/agents.ts";
import { alertsRouter } from "#portal/api/routers/alerts.ts";
import { apiKeysRouter } from "#portal/api/routers/api-keys.ts";
import { budgetsRouter } from "#portal/api/routers/budgets.ts";
import { chatRouter } from "#portal/api/routers/chat.ts";
import { costsRouter } from "#portal/api/routers/costs.ts";
import { gatewayRouter } from "#portal/api/routers/gateway.ts";
import { heliconeRouter } from "#portal/api/routers/helicone.ts";
import { insightsRouter } from "#portal/api/routers/insights.ts";
import { liveRouter } from "#portal/api/routers/live.ts";
import { notificationsRouter } from "#portal/api/routers/notifications.ts";
import { overviewRouter } from "#portal/api/routers/overview.ts";
import { peopleRouter } from "#portal/api/routers/people.ts";
import { poolsRouter } from "#portal/api/routers/pools.ts";
import { pricesRouter } from "#portal/api/routers/prices.ts";
import { rateLimitsRouter } from "#portal/api/routers/rate-limits.ts";
import { reconciliationRouter } from "#portal/api/routers/reconciliation.ts";
import { requestsRouter } from "#portal/api/routers/requests.ts";
import { retentionRouter } from "#portal/api/routers/retention.ts";
import { sessionsRouter } from "#portal/api/routers/sessions.ts";
import { telemetryRouter } from "#portal/api/routers/telemetry.ts";
import { router } from "#portal/api/trpc.ts";

/** Everything the portal's pages can ask for. */
export const appRouter = router({
  account: accountRouter,
  adoption: adoptionRouter,
  agents: agentsRouter,
  alerts: alertsRouter,
  apiKeys: apiKeysRouter,
  budgets: budgetsRouter,
  chat: chatRouter,
  costs: costsRouter,
  gateway: gatewayRouter,
  helicone: heliconeRouter,
  insights: insightsRouter,
  live: liveRouter,
  notifications: notificationsRouter,
  overview: overviewRouter,
  people: peopleRouter,
  pools: poolsRouter,
  prices: pricesRouter,
  rateLimits: rateLimitsRouter,
  reconciliation: reconciliationRouter,
  requests: requestsRouter,
  retention: retentionRouter,
  sessions: sessionsRouter,
  telemetry: telemetryRouter,
});

export type AppRouter = typeof appRouter;
