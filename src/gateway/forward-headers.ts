import type { IncomingHttpHeaders } from "node:http";

import type { Identification, OwnCredential } from "#gateway/identify-agent.ts";

/** Headers that belong to one connection (RFC 9110, 7.6.1), and those that Node and undici set themselves. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "content-length",
]);

/** Headers about the caller and the way here that the upstream has no business with. */
const NOT_FORWARDED = new Set([
  "accept-encoding",
  "authorization",
  "x-api-key",
  "cookie",
  "forwarded",
  "via",
  "x-real-ip",
]);
const NOT_FORWARDED_PREFIXES = ["x-trinity-", "helicone-", "x-forwarded-"];

/** Response headers that speak of the upstream's connection or site, or of the account behind the gateway. */
const NOT_RETURNED = new Set(["set-cookie", "alt-svc", "strict-transport-security", "request-id"]);

/** What pays for the call: the gateway's own Anthropic key, or what the agent brought. */
export type UpstreamCredential =
  | { kind: "gateway"; apiKey: string }
  | { kind: "own"; credentials: readonly OwnCredential[] };

/**
 * Decides what pays. An agent whose key came beside a credential of its own pays with its own. Where the key
 * came as the API key, the gateway's own key pays, and another credential is an accident of the environment,
 * used only by a gateway that holds no key. Null: nothing can pay.
 */
export function chooseCredential(
  apiKey: string | undefined,
  {
    keyArrivedAs,
    ownCredentials: credentials,
  }: Pick<Extract<Identification, { outcome: "identified" }>, "keyArrivedAs" | "ownCredentials">,
): UpstreamCredential | null {
  const paysItself = credentials.length > 0 && (keyArrivedAs === "beside" || apiKey === undefined);
  if (paysItself) return { kind: "own", credentials };
  return apiKey === undefined ? null : { kind: "gateway", apiKey };
}

/**
 * The headers to send upstream: everything the agent sent, unknown ones included, but for those of the
 * connection, its credentials, and whatever would speak in our name. Answers come unencoded, to be metered.
 * Returned as a flat name, value list: repeated headers stay repeated, in their order.
 */
export function toUpstreamHeaders(rawHeaders: readonly string[], credential: UpstreamCredential): string[] {
  const named = connectionNamed(rawHeaders);
  const headers: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = [rawHeaders[at], rawHeaders[at + 1]];
    const key = name.toLowerCase();
    if (!isForwarded(key) || named.has(key)) continue;
    headers.push(name, value);
  }
  headers.push("accept-encoding", "identity");
  if (credential.kind === "gateway") headers.push("x-api-key", credential.apiKey);
  else for (const { header, value } of credential.credentials) headers.push(header, value);
  return headers;
}

/**
 * The headers to answer with. With the gateway's own key, the account's rate-limit figures are not the
 * agent's to see; an agent that pays itself gets its own.
 */
export function toAgentHeaders(
  upstream: IncomingHttpHeaders,
  credentialKind: UpstreamCredential["kind"],
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const named = new Set(listOf(upstream.connection));
  for (const [name, value] of Object.entries(upstream)) {
    const isAccountFigure = credentialKind === "gateway" && name.startsWith("anthropic-ratelimit-");
    const isConnectionHeader = (HOP_BY_HOP.has(name) && name !== "content-length") || named.has(name);
    if (value === undefined || isConnectionHeader || isAccountFigure || NOT_RETURNED.has(name)) continue;
    headers[name] = value;
  }
  return headers;
}

function isForwarded(key: string): boolean {
  if (HOP_BY_HOP.has(key) || NOT_FORWARDED.has(key)) return false;
  return !NOT_FORWARDED_PREFIXES.some((prefix) => key.startsWith(prefix));
}

/** A `Connection` header may name further headers as its own. */
function connectionNamed(rawHeaders: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== "connection") continue;
    for (const name of listOf(rawHeaders[at + 1])) names.add(name);
  }
  return names;
}

function listOf(value: string | undefined): string[] {
  return (value ?? "").split(",").map((name) => name.trim().toLowerCase());
}

/** The number of body bytes to come, where the upstream says so. */
export function bodyLength(headers: IncomingHttpHeaders): number | null {
  const length = Number(headers["content-length"] ?? Number.NaN);
  return Number.isSafeInteger(length) && length > 0 ? length : null;
}
