import { answerCustomLog } from "./custom-log-route.ts";
import { type Exchange, type Sent, sendApi, sendThrown } from "./exchange.ts";
import { answerGateway } from "./gateway-route.ts";
import { findQueryRoute } from "./query-routes.ts";
import { apiBodyProblem } from "./request-shapes.ts";
import { findSetupRoute, listOrganizations } from "./setup-routes.ts";
import { identify, type StandInState } from "./stand-in-state.ts";

/** Answers one request to jawn: open routes, the proxy, and behind them everything that asks who calls. */
export async function answerJawn(state: StandInState, exchange: Exchange): Promise<Sent> {
  const { method, path } = exchange;
  if (method === "OPTIONS") return sendApi(exchange, 200, undefined);
  if (path === "/healthcheck") return sendApi(exchange, 200, { status: "healthy :)" });
  if (path.startsWith("/v1/public/")) return sendApi(exchange, 200, { data: [], error: null });
  if (path.startsWith("/v1/gateway/") && method === "POST") return answerGateway(state, exchange);
  if (path === "/v1/organization" && method === "GET") return listOrganizations(state, exchange);

  const caller = identify(state, exchange);
  if ("error" in caller) return sendApi(exchange, 401, { error: caller.error, trace: "isAuthenticated.error" });
  const problem = apiBodyProblem(exchange);
  if (problem !== null) return sendThrown(exchange, 400, "ValidateError");
  if (method === "POST" && path === "/v1/trace/custom/v1/log") return answerCustomLog(state, exchange);
  const route = findQueryRoute(exchange) ?? findSetupRoute(exchange);
  if (route === undefined) return sendThrown(exchange, 404, `Cannot ${method} ${path}`);
  return route({ state, exchange, caller });
}
