import type { IncomingMessage } from "node:http";

/** Why the door does not pass on a request that it could otherwise; each status has its own sentence. */
export type Objection = { status: 400 | 403 | 405 | 411 | 413; reason: string };

type Judged = Pick<IncomingMessage, "method" | "headers">;

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const READS = new Set(["GET", "HEAD"]);
const BODY_BYTES_MAX = 20_000_000;
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const OTHER_PAGE = "This only works on the pages of the dashboard itself.";

/**
 * What is wrong with a request, whoever sends it: its method, how its body is delimited, and whether another site's page made
 * it. Null when nothing is. `doorUrl`: the door as browsers know it.
 */
export function objectionTo(request: Judged, doorUrl: string): Objection | null {
  const { method = "", headers } = request;
  if (!METHODS.has(method)) return { status: 405, reason: "The dashboard does not know this method." };
  return objectionToBody(method, headers) ?? objectionToOrigin(method, headers, doorUrl);
}

/** One length, said once: nobody behind us may find another end of the body than we did. */
function objectionToBody(method: string, headers: Judged["headers"]): Objection | null {
  if (headers["transfer-encoding"] !== undefined) {
    return { status: 411, reason: "The dashboard takes bodies with a Content-Length only." };
  }
  const length = headers["content-length"];
  if (length === undefined || length === "0") return null;
  if (READS.has(method)) return { status: 400, reason: "A request that only reads has no body." };
  if (!/^\d{1,15}$/.test(length)) return { status: 400, reason: "This Content-Length is no number." };
  return Number(length) > BODY_BYTES_MAX ? { status: 413, reason: "This request is too large." } : null;
}

function objectionToOrigin(method: string, headers: Judged["headers"], doorUrl: string): Objection | null {
  const site = headers["sec-fetch-site"];
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  const isPageLoad = headers["sec-fetch-mode"] === "navigate" && READS.has(method);
  if (isForeign && !isPageLoad) return { status: 403, reason: OTHER_PAGE };
  return READS.has(method) || isOwnOrigin(headers, doorUrl) ? null : { status: 403, reason: OTHER_PAGE };
}

/** Whether the page that made a request is one of the door's. On this machine the loopback names are one address. */
export function isOwnOrigin({ origin, host }: Judged["headers"], doorUrl: string): boolean {
  const ownOrigin = new URL(doorUrl).origin;
  if (origin === ownOrigin) return true;
  return origin !== undefined && LOOPBACK.test(origin) && LOOPBACK.test(ownOrigin) && origin === `http://${host}`;
}
