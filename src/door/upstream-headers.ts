import type { IncomingHttpHeaders } from "node:http";

/** What is said to Helicone in the admin's name. */
export type HeliconeIdentity = {
  /** The whole session cookie, `name=value`. */
  sessionCookie: string;
  /** Whose calls are shown until the admin chooses another organisation. */
  organisationId: string;
};

/** What of a browser's request Helicone is told. Credentials, addresses of clients and rewritings are not among it. */
const PASSED = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "content-length",
  "content-type",
  "helicone-authorization",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "pragma",
  "purpose",
  "range",
  "rsc",
  "user-agent",
  "x-nextjs-data",
  "next-url",
]);
const PASSED_FAMILIES = /^(?:sec-fetch-|sec-ch-|next-router-)/;
const WEB_SOCKET = new Set([
  "connection",
  "upgrade",
  ...["key", "version", "protocol", "extensions"].map(socketHeader),
]);
/** Its store of bodies takes a signature in the address and nothing else. */
const OBJECT_PASSED = new Set([
  "accept",
  "accept-encoding",
  "if-modified-since",
  "if-none-match",
  "range",
  "user-agent",
]);

const ORGANISATION_COOKIE = "currentOrgId";
const ORGANISATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Passing = { isWebSocket: boolean; identity: HeliconeIdentity; cookies: Record<string, string> };

/** The headers of a request to Helicone's pages or API. Its cookies are the two that Helicone knows, and no other. */
export function heliconeHeaders(headers: IncomingHttpHeaders, passing: Passing): IncomingHttpHeaders {
  const passed = pick(headers, (name) => PASSED.has(name) || PASSED_FAMILIES.test(name));
  const upgrade = passing.isWebSocket ? pick(headers, (name) => WEB_SOCKET.has(name)) : {};
  return { ...passed, ...upgrade, cookie: heliconeCookies(passing) };
}

/** The headers of a request for a body. `host` is what its address was signed for. */
export function objectHeaders(headers: IncomingHttpHeaders, host: string): IncomingHttpHeaders {
  return { ...pick(headers, (name) => OBJECT_PASSED.has(name)), host };
}

function heliconeCookies({ identity, cookies }: Passing): string {
  const organisation = chosenOrganisation(cookies) ?? identity.organisationId;
  return `${identity.sessionCookie}; ${ORGANISATION_COOKIE}=${organisation}`;
}

/** Helicone's pages keep in a cookie whose calls they show. Null where they have chosen already: `name=value` otherwise. */
export function firstOrganisation(
  cookies: Record<string, string>,
  { organisationId }: HeliconeIdentity,
): string | null {
  return chosenOrganisation(cookies) === null ? `${ORGANISATION_COOKIE}=${organisationId}` : null;
}

function chosenOrganisation(cookies: Record<string, string>): string | null {
  const chosen = cookies[ORGANISATION_COOKIE] ?? "";
  return ORGANISATION_ID.test(chosen) ? chosen : null;
}

function pick(headers: IncomingHttpHeaders, isWanted: (name: string) => boolean): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isWanted(name)));
}

function socketHeader(name: string): string {
  return `sec-websocket-${name}`;
}
