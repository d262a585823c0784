import { VIRTUAL_KEY_PREFIX } from "#domain/agent.ts";
import type { OtlpRoute } from "#gateway/otlp-door.ts";

export type Route =
  | { kind: "messages" | "count_tokens" | "models"; path: string; keyInPath: string | null }
  | OtlpRoute
  | { kind: "probe" | "health" | "unknown" };

/** One segment, and not `.` or `..`: those would be another path by the time they are read upstream. */
const MODELS = /^\/v1\/models(\/(?!\.{1,2}$)[A-Za-z0-9._:@-]+)?$/;
const OTLP = /^\/otlp\/v1\/(metrics|logs)$/;
const KEY_IN_PATH = new RegExp(`^/a/(${VIRTUAL_KEY_PREFIX}[^/]*)(/.*)$`);

/**
 * Tells what a request line asks for. `path` is what goes upstream, query included. An agent's key may lead the
 * path (`/a/<key>/v1/messages`), and a base URL that wrongly ends in `/v1` is forgiven. Everything that is not
 * listed here is unknown: calls that cost money and are not metered must not pass.
 */
export function findRoute(method: string, url: string): Route {
  const keyed = KEY_IN_PATH.exec(url);
  const keyInPath = keyed?.[1] ?? null;
  const path = (keyed?.[2] ?? url).replace(/^\/v1\/v1\//, "/v1/");
  const [pathname = ""] = path.split("?", 1);
  if (method === "POST" && pathname === "/v1/messages") return { kind: "messages", path, keyInPath };
  if (method === "POST" && pathname === "/v1/messages/count_tokens") return { kind: "count_tokens", path, keyInPath };
  if (method === "GET" && MODELS.test(pathname)) return { kind: "models", path, keyInPath };
  const signal = method === "POST" ? OTLP.exec(pathname)?.[1] : undefined;
  if (signal === "metrics" || signal === "logs") return { kind: "otlp", signal, keyInPath };
  if (method === "GET" && pathname === "/healthz") return { kind: "health" };
  return { kind: method === "HEAD" ? "probe" : "unknown" };
}
