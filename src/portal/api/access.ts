/**
 * Who may come in. public: anybody. signed-in: a person with a session (over REST also an API key).
 * agent-visible: a signed-in person who may see the agent that is asked for; for anybody else it does not
 * exist. admin: a signed-in admin.
 */
export type Access = "public" | "signed-in" | "agent-visible" | "admin";

/** Every tRPC procedure. What has no row here is refused. */
export const PROCEDURE_ACCESS: Readonly<Record<string, Access>> = {
  "account.changePassword": "signed-in",
  "account.me": "signed-in",
  "adoption.list": "admin",
  "adoption.preview": "admin",
  "adoption.route": "admin",
  "adoption.routeIdle": "admin",
  "adoption.unroute": "admin",
  "adoption.unrouteAll": "admin",
  "agents.connection": "agent-visible",
  "agents.create": "admin",
  "agents.get": "agent-visible",
  "agents.list": "signed-in",
  "agents.logs": "agent-visible",
  "agents.places": "admin",
  "agents.remove": "admin",
  "agents.restart": "agent-visible",
  "agents.rotateKey": "agent-visible",
  "agents.routing": "agent-visible",
  "agents.setRouting": "admin",
  "agents.start": "agent-visible",
  "agents.state": "agent-visible",
  "agents.stop": "agent-visible",
  "agents.update": "admin",
  "agents.usage": "agent-visible",
  "alerts.list": "signed-in",
  "alerts.markSeen": "signed-in",
  "alerts.unread": "signed-in",
  "apiKeys.create": "signed-in",
  "apiKeys.list": "signed-in",
  "apiKeys.revoke": "signed-in",
  "budgets.clear": "admin",
  "budgets.decide": "admin",
  "budgets.endIncrease": "admin",
  "budgets.followMany": "admin",
  "budgets.grant": "admin",
  "budgets.grantShared": "admin",
  "budgets.history": "agent-visible",
  "budgets.overview": "admin",
  "budgets.pause": "admin",
  "budgets.requestIncrease": "agent-visible",
  "budgets.resume": "admin",
  "budgets.set": "admin",
  "budgets.setMany": "admin",
  "budgets.setShared": "admin",
  "budgets.sharedHistory": "admin",
  "budgets.sharedIncreases": "admin",
  "budgets.status": "agent-visible",
  "budgets.template": "admin",
  "chat.send": "agent-visible",
  "chat.turns": "agent-visible",
  "costs.byDay": "agent-visible",
  "costs.byModel": "agent-visible",
  "costs.period": "agent-visible",
  "gateway.status": "signed-in",
  "helicone.logSettings": "admin",
  "helicone.setAgentLog": "admin",
  "helicone.setFleetLog": "admin",
  "helicone.status": "admin",
  "live.onLedger": "signed-in",
  "notifications.channels": "admin",
  "notifications.create": "admin",
  "notifications.log": "admin",
  "notifications.remove": "admin",
  "notifications.retry": "admin",
  "notifications.test": "admin",
  "notifications.update": "admin",
  "people.cancelInvitation": "admin",
  "people.invite": "admin",
  "people.list": "admin",
  "people.resetLink": "admin",
  "people.setDisabled": "admin",
  "people.setRole": "admin",
  "pools.create": "admin",
  "pools.move": "admin",
  "pools.remove": "admin",
  "pools.rename": "admin",
  "rateLimits.clear": "admin",
  "rateLimits.defaults": "admin",
  "rateLimits.set": "admin",
  "rateLimits.setDefaults": "admin",
  "rateLimits.status": "agent-visible",
  "requests.latest": "agent-visible",
};

/** Every route handler under `src/app` that does something, by method and path; what has no row here is refused. */
export const ROUTE_ACCESS: Readonly<Record<string, Access>> = {
  "DELETE /api/[...unknown]": "public", // "there is nothing here"
  "GET /api/[...unknown]": "public",
  "PATCH /api/[...unknown]": "public",
  "POST /api/[...unknown]": "public",
  "PUT /api/[...unknown]": "public",
  "GET /api/agents": "signed-in",
  "POST /api/agents/[name]/chat": "agent-visible",
  "GET /api/agents/[name]/budget": "agent-visible",
  "PUT /api/agents/[name]/budget": "admin",
  "GET /api/agents/[name]/costs": "agent-visible",
  "GET /api/agents/[name]/rate-limits": "agent-visible",
  "PUT /api/agents/[name]/rate-limits": "admin",
  "GET /api/auth/[...nextauth]": "public", // signing in and out
  "POST /api/auth/[...nextauth]": "public",
  "GET /api/health": "public", // for whoever watches the process
  "GET /api/trpc/[trpc]": "public", // each procedure has a row of its own
  "POST /api/trpc/[trpc]": "public",
  "POST /api/welcome": "public", // needs a one-time token
  "POST /api/welcome/check": "public",
};

/** Every page under `src/app`. */
export const PAGE_ACCESS = {
  "/": "public", // sends people on to the agents
  "/account": "signed-in",
  "/agents": "signed-in",
  "/agents/[name]": "agent-visible",
  "/budgets": "admin",
  "/alerts": "signed-in",
  "/login": "public",
  "/observability": "admin",
  "/people": "admin",
  "/settings/notifications": "admin",
  "/stopped": "public",
  "/welcome": "public",
} as const satisfies Readonly<Record<string, Access>>;

export type PagePath = keyof typeof PAGE_ACCESS;
