import { toObject } from "../anthropic/json.ts";
import { type Exchange, type Sent, sendApi } from "./exchange.ts";
import { type LoggedRow, rowAnswer } from "./logged-rows.ts";
import { matchesFilter } from "./row-filter.ts";
import { costsOverTime, topCosts, userMetrics } from "./row-sums.ts";
import type { Route, RouteCall } from "./setup-routes.ts";
import { signedUrl } from "./signed-objects.ts";

const DEAD_CLICKHOUSE = '{"errno":-111,"code":"ECONNREFUSED","syscall":"connect","address":"127.0.0.1","port":8123}';

/** What a route answers while ClickHouse is down: some say so, some pretend that there is nothing. */
type Dead = { status: number; answer: unknown };
const dead = (status: number): Dead => ({ status, answer: { data: null, error: DEAD_CLICKHOUSE } });

const ROUTES: readonly [RegExp, Route, Dead?][] = [
  [/^POST \/v1\/request\/query-clickhouse$/, queryRows, { status: 201, answer: { data: [], error: null } }],
  [/^POST \/v1\/request\/count\/query$/, ({ exchange }) => sendApi(exchange, 200, { data: 0, error: null })],
  [/^GET \/v1\/request\/[^/]+$/, oneRow, dead(500)],
  [/^PUT \/v1\/request\/[^/]+\/property$/, addProperty],
  [/^POST \/v1\/pi\/costs-over-time\/query$/, queryCosts, dead(200)],
  [/^POST \/v1\/pi\/total-costs$/, totalCosts, { status: 200, answer: { data: 0, error: null } }],
  [/^POST \/v1\/pi\/org-name\/query$/, organizationName],
  [/^POST \/v1\/property\/query$/, listProperties],
  [/^POST \/v1\/property\/[^/]+\/search$/, searchProperty, dead(200)],
  [/^POST \/v1\/property\/[^/]+\/top-costs\/query$/, queryTopCosts, dead(200)],
  [/^POST \/v1\/user\/metrics\/query$/, queryUsers, dead(400)],
  [/^POST \/v1\/session\/query$/, ({ exchange }) => sendApi(exchange, 200, { data: [], error: null }), dead(500)],
  [/^POST \/v1\/helicone-sql\/execute$/, refuseSql, dead(500)],
];

/** The queries over what was logged. */
export function findQueryRoute({ method, path }: Exchange): Route | undefined {
  const found = ROUTES.find(([pattern]) => pattern.test(`${method} ${path}`));
  if (found === undefined) return undefined;
  const [, route, whenDead] = found;
  return (call) => {
    const isDead = whenDead !== undefined && call.state.faults.clickhouseDown;
    return isDead ? sendApi(call.exchange, whenDead.status, whenDead.answer) : route(call);
  };
}

function rowsOf({ state, caller }: RouteCall, filter: unknown): LoggedRow[] {
  return state.rows.find(caller.organization.id, (row) => matchesFilter(row, filter));
}

function queryRows(call: RouteCall): Sent {
  const { filter, offset = 0, limit = 10 } = toObject(call.exchange.json);
  const page = rowsOf(call, filter).slice(Number(offset), Number(offset) + Number(limit));
  const data = page.map((row) => rowAnswer(row, signedUrl(call.state, row.objectPath)));
  return sendApi(call.exchange, 201, { data, error: null });
}

function oneRow(call: RouteCall): Sent {
  const id = call.exchange.path.split("/").at(-1);
  const [row] = rowsOf(call, "all").filter((one) => one.requestId === id);
  if (row === undefined) return sendApi(call.exchange, 500, { data: null, error: "Request not found" });
  return sendApi(call.exchange, 200, { data: rowAnswer(row, signedUrl(call.state, row.objectPath)), error: null });
}

function addProperty(call: RouteCall): Sent {
  const id = call.exchange.path.split("/").at(-2);
  const { key, value } = toObject(call.exchange.json);
  for (const row of rowsOf(call, "all").filter((one) => one.requestId === id)) {
    row.properties[String(key)] = String(value);
  }
  return sendApi(call.exchange, 201, { data: null, error: null });
}

function queryCosts(call: RouteCall): Sent {
  const { userFilter, timeFilter, dbIncrement } = toObject(call.exchange.json);
  const data = costsOverTime(rowsOf(call, userFilter), toObject(timeFilter), String(dbIncrement));
  return sendApi(call.exchange, 200, { data, error: null });
}

/** It ignores whatever filter and time it is given. */
function totalCosts(call: RouteCall): Sent {
  const total = rowsOf(call, "all").reduce((sum, row) => sum + row.cost, 0);
  return sendApi(call.exchange, 200, { data: total / 1e9, error: null });
}

function organizationName({ exchange, caller }: RouteCall): Sent {
  return sendApi(exchange, 200, { data: caller.organization.name, error: null });
}

function listProperties(call: RouteCall): Sent {
  const names = new Set(rowsOf(call, "all").flatMap((row) => Object.keys(row.properties)));
  return sendApi(call.exchange, 200, { data: [...names].map((property) => ({ property })), error: null });
}

function searchProperty(call: RouteCall): Sent {
  const name = decodeURIComponent(call.exchange.path.split("/").at(-2) ?? "");
  const term = String(toObject(call.exchange.json).searchTerm);
  const values = new Set(rowsOf(call, "all").flatMap((row) => row.properties[name] ?? []));
  const data = [...values].filter((value) => value.includes(term)).slice(0, 25);
  return sendApi(call.exchange, 200, { data, error: null });
}

function queryTopCosts(call: RouteCall): Sent {
  const name = decodeURIComponent(call.exchange.path.split("/").at(-3) ?? "");
  const data = topCosts(rowsOf(call, "all"), name, toObject(toObject(call.exchange.json).timeFilter));
  return sendApi(call.exchange, 200, { data, error: null });
}

function queryUsers(call: RouteCall): Sent {
  const users = userMetrics(rowsOf(call, "all"), toObject(toObject(call.exchange.json).timeFilter));
  const data = { users, count: String(users.length), hasUsers: users.length > 0 };
  return sendApi(call.exchange, 200, { data, error: null });
}

function refuseSql({ exchange }: RouteCall): Sent {
  return sendApi(exchange, 200, { data: null, error: "You do not have access to hql" });
}
