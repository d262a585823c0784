import { randomUUID } from "node:crypto";

import { toObject } from "../anthropic/json.ts";
import { makeKey } from "./accounts.ts";
import { type Exchange, type Sent, sendApi } from "./exchange.ts";
import { type Caller, type StandInState, userOf } from "./stand-in-state.ts";

export type RouteCall = { state: StandInState; exchange: Exchange; caller: Caller };
export type Route = (call: RouteCall) => Sent;

/** The organisations of who is signed in. The one route that says in a 200 that nobody is. */
export function listOrganizations(state: StandInState, exchange: Exchange): Sent {
  if (exchange.headers["helicone-authorization"] === undefined) {
    return sendApi(exchange, 200, { data: null, error: "No authorization header" });
  }
  const user = state.faults.postgresDown ? undefined : userOf(state, exchange);
  if (user === undefined) return sendApi(exchange, 200, { data: null, error: "Invalid session" });
  const data = state.accounts.organizationsOf(user).map((one) => ({
    id: one.id,
    created_at: one.createdAt,
    name: one.name,
    owner: one.owner,
    is_personal: true,
    soft_delete: false,
    color: "gray",
    icon: "building",
    has_onboarded: !one.isMain,
    stripe_customer_id: null,
    subscription_status: null,
    tier: one.isMain ? "enterprise" : "demo",
    organization_type: "user",
    percent_to_log: 100_000,
    governance_settings: null,
    is_main_org: one.isMain,
    playground_helicone: false,
    org_role: "owner",
  }));
  return sendApi(exchange, 200, { data, error: null });
}

const ROUTES: readonly [RegExp, Route][] = [
  [/^POST \/v1\/key\/generateHash$/, generateHash],
  [/^POST \/v1\/api-keys$/, createKey],
  [/^GET \/v1\/api-keys$/, listKeys],
  [/^DELETE \/v1\/api-keys\/[^/]+$/, removeKey],
  [/^POST \/v1\/organization\/[^/]+\/update$/, renameOrganization],
  [/^POST \/v1\/organization\/setup-demo$/, ({ exchange }) => sendApi(exchange, 500, { error: "fetch failed" })],
  [/^POST \/v1\/filter$/, saveFilter],
  [/^GET \/v1\/filter$/, ({ state, exchange }) => sendApi(exchange, 200, { data: state.filters, error: null })],
  [/^GET \/v1\/alert-banner$/, ({ exchange }) => sendApi(exchange, 200, { data: [], error: null })],
  [/^POST \/v1\/admin\/has-feature-flag$/, ({ exchange }) => sendApi(exchange, 200, { data: false, error: null })],
];

/** Keys, organisations and saved filters. */
export function findSetupRoute({ method, path }: Exchange): Route | undefined {
  return ROUTES.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1];
}

function generateHash({ state, exchange, caller }: RouteCall): Sent {
  const { apiKey, keyName, permissions } = toObject(exchange.json);
  const { organization } = caller;
  state.accounts.addKey({
    value: String(apiKey),
    name: String(keyName),
    permissions: String(permissions),
    organization,
  });
  return sendApi(exchange, 201, { success: true });
}

function createKey({ state, exchange, caller }: RouteCall): Sent {
  const { api_key_name, key_permissions } = toObject(exchange.json);
  const value = makeKey();
  const { organization } = caller;
  const key = state.accounts.addKey({
    value,
    name: String(api_key_name),
    permissions: String(key_permissions),
    organization,
  });
  return sendApi(exchange, 200, { id: key.id, apiKey: value });
}

function listKeys({ state, exchange, caller }: RouteCall): Sent {
  const keys = state.accounts.keys.filter((key) => key.organizationId === caller.organization.id);
  const data = keys.map((key) => ({
    created_at: key.createdAt,
    api_key_hash: key.hash,
    api_key_name: key.name,
    user_id: key.userId,
    id: key.id,
    soft_delete: false,
    organization_id: key.organizationId,
    key_permissions: key.permissions,
    temp_key: false,
    governance: false,
    updated_at: null,
  }));
  return sendApi(exchange, 200, { data, error: null });
}

function removeKey({ state, exchange, caller }: RouteCall): Sent {
  const id = exchange.path.split("/").at(-1);
  const { keys } = state.accounts;
  const at = keys.findIndex((key) => key.id === id && key.organizationId === caller.organization.id);
  if (at !== -1) keys.splice(at, 1);
  return exchange.response.writeHead(204, { "x-powered-by": "Express" }).end();
}

function renameOrganization({ exchange, caller }: RouteCall): Sent {
  caller.organization.name = String(toObject(exchange.json).name);
  return sendApi(exchange, 201, { data: null, error: null });
}

function saveFilter({ state, exchange, caller }: RouteCall): Sent {
  const { name = "Untitled Filter", filter } = toObject(exchange.json);
  const saved = { id: randomUUID(), name: String(name), filter, organizationId: caller.organization.id };
  state.filters.push(saved);
  return sendApi(exchange, 201, { data: { id: saved.id }, error: null });
}
