import type { IncomingHttpHeaders } from "node:http";

import { API_PREFIX, type Upstream } from "#door/door-route.ts";

/** As `writeHead` takes them. */
export type AnswerHeaders = Record<string, string | string[]>;

export type AnswerOrigin = {
  from: Upstream;
  /** The address of that server. */
  upstreamUrl: string;
  doorUrl: string;
  portalUrl: string;
  /** The path that was asked for, as the browser knows it. */
  path: string;
};

/** What of an answer of Helicone a browser is told. Cookies stay with us, and so does everything about the connection. */
const PASSED = new Set([
  "accept-ranges",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-range",
  "content-security-policy",
  "content-type",
  "date",
  "etag",
  "expires",
  "last-modified",
  "retry-after",
  "vary",
  "x-nextjs-matched-path",
  "x-middleware-skip",
]);

/** Where a browser is to go: a redirect, and what Next's browser code takes for one. */
const LEADS = ["location", "x-nextjs-redirect", "x-nextjs-rewrite"] as const;

/** Files that are the same for everybody and never change under their name. */
const ASSETS = /^\/(?:_next\/static|static)\//;
const PRIVATE = "private, no-store";
/** A body was written by an agent or a model: shown as a page, it could act in the admin's name. */
const INERT = { "content-security-policy": "sandbox; default-src 'none'", "content-disposition": "attachment" };

/**
 * The headers of Helicone's answer as a browser gets them: framed by the portal only, kept by nobody unless it is a file of
 * the program, and with no address of another site to go to.
 */
export function answerHeaders(headers: IncomingHttpHeaders, origin: AnswerOrigin): AnswerHeaders {
  const passed: AnswerHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && PASSED.has(name)) passed[name] = value;
  }
  for (const name of LEADS) {
    const path = ownLocation(textOf(headers[name]), origin);
    if (path !== null) passed[name] = path;
  }
  return {
    ...passed,
    ...ownHeaders(origin.portalUrl, passed["content-security-policy"]),
    ...(origin.from === "objects" ? INERT : {}),
    "cache-control": ASSETS.test(origin.path) ? assetCaching(headers["cache-control"]) : PRIVATE,
  };
}

/** What every answer of the door carries. `policy`: what it may load, where that is known. */
export function ownHeaders(portalUrl: string, policy?: string | string[]): AnswerHeaders {
  const framing = `frame-ancestors ${new URL(portalUrl).origin}`;
  const others = [policy ?? []].flat();
  return {
    "content-security-policy": [...others, framing],
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}

/** Whether an answer sends the browser to a place that is not behind the door. */
export function leadsAway(headers: IncomingHttpHeaders, origin: AnswerOrigin): boolean {
  return headers.location !== undefined && ownLocation(headers.location, origin) === null;
}

/** A redirect as a path of the door; null when it is none. Never an address of which a browser would make another host. */
function ownLocation(location: string | undefined, { from, upstreamUrl, doorUrl, path }: AnswerOrigin): string | null {
  if (location === undefined) return null;
  const asked = from === "api" ? path.slice(API_PREFIX.length) : path;
  const base = new URL(asked, upstreamUrl).href;
  if (!URL.canParse(location, base)) return null;
  const url = new URL(location, base);
  const isUpstream = url.origin === new URL(upstreamUrl).origin;
  if (!isUpstream && url.origin !== new URL(doorUrl).origin) return null;
  const prefix = isUpstream && from === "api" ? API_PREFIX : "";
  return `${prefix}/${url.pathname.replace(/^[/\\]+/, "")}${url.search}${url.hash}`;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function assetCaching(wanted: string | undefined): string {
  const directives = (wanted ?? "max-age=0").split(",").map((directive) => directive.trim());
  return ["private", ...directives.filter((directive) => !/^(?:public|private|s-maxage)/i.test(directive))].join(", ");
}
