import type { RequestTarget } from "#door/request-target.ts";

/** The three servers that Helicone is. */
export type Upstream = "web" | "api" | "objects";

/** What the door does with a request of an admin. `path`: as that server knows it. */
export type DoorRoute =
  | { kind: "forward"; to: Upstream; path: string }
  /** The settings of its browser code. */
  | { kind: "environment" }
  /** Who its browser code is signed in as. */
  | { kind: "session" }
  | { kind: "sign-in-page" }
  | { kind: "arrival" }
  | { kind: "closed"; reason: string };

/** Under which path its browser code finds its API at the door; `/__ENV.js` tells it so. */
export const API_PREFIX = "/jawn";
/** Its bucket: what its signed addresses begin with. */
export const OBJECTS_PREFIX = "/request-response-storage/";
/** Where the portal sends people who came to the door without a session. */
export const ARRIVAL_PATH = "/door/arrival";

const ONE_SIGN_IN = "People come to Helicone through the portal. Its own sign-in and sign-up are closed.";
const AGENTS_ONLY = "Model calls go through the gateway, not through the dashboard.";
const NOT_HERE = "This part of Helicone is not reached through the dashboard.";
const KEPT = "Trinity keeps this organisation, its members and its keys: without them nothing would be recorded.";

const READS = new Set(["GET", "HEAD"]);
const MEMBERSHIP =
  /^\/(?:v1|api)\/organization\/(?:.*\/)?(?:create|delete|owner|(?:add|remove|update)_(?:member|owner))\/?$/;
const KEYS = /^\/v1\/api-keys\/.+/;

/** Where a request goes. Express reads paths without regard to case, so the closed ones are told likewise. */
export function routeOf(method: string, { path, search }: RequestTarget): DoorRoute {
  const lower = path.toLowerCase();
  if (lower === "/__env.js") return { kind: "environment" };
  if (path === ARRIVAL_PATH) return { kind: "arrival" };
  if (path.startsWith(OBJECTS_PREFIX)) {
    return READS.has(method) ? { kind: "forward", to: "objects", path } : closed(NOT_HERE);
  }
  if (lower.startsWith(`${API_PREFIX}/`)) return apiRoute(method, path.slice(API_PREFIX.length));
  return webRoute(method, path, search);
}

function apiRoute(method: string, path: string): DoorRoute {
  const lower = path.toLowerCase();
  if (!lower.startsWith("/v1/")) return closed(NOT_HERE);
  if (lower.startsWith("/v1/gateway/") || lower === "/v1/gateway") return closed(AGENTS_ONLY);
  if (!READS.has(method) && (MEMBERSHIP.test(lower) || KEYS.test(lower))) return closed(KEPT);
  return { kind: "forward", to: "api", path };
}

function webRoute(method: string, path: string, search: string): DoorRoute {
  const lower = path.toLowerCase().replace(/\/$/, "");
  if (lower === "/signin") return { kind: "sign-in-page" };
  if (lower === "/signup" || lower.startsWith("/signup/")) return closed(ONE_SIGN_IN);
  if (lower === "/api/auth/get-session" && READS.has(method)) return { kind: "session" };
  if (lower === "/api/auth" || lower.startsWith("/api/auth/")) return closed(ONE_SIGN_IN);
  if (lower === "/ingest" || lower.startsWith("/ingest/")) return closed(NOT_HERE);
  if (lower === "/_next/image" && !isOwnImage(search)) return closed(NOT_HERE);
  if (!READS.has(method) && MEMBERSHIP.test(lower)) return closed(KEPT);
  return { kind: "forward", to: "web", path };
}

/** Its image service would fetch any address of the world. */
function isOwnImage(search: string): boolean {
  const wanted = new URLSearchParams(search).getAll("url");
  return wanted.length === 1 && /^\/[^/\\]/.test(wanted[0] ?? "");
}

function closed(reason: string): DoorRoute {
  return { kind: "closed", reason };
}
