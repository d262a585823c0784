import { type Dispatcher, Pool } from "undici";

import type { LogRecord } from "#helicone/log-record.ts";

/**
 * How a post ended. `unsent`: nothing has reached Helicone. `refused`: it answered that it does not take this record.
 * `closed`: it takes none from us at present (a wrong key, another server in its place, too many). `unknown`: it may have it.
 */
export type PostOutcome =
  | { outcome: "taken" }
  | { outcome: "unsent" | "refused" | "closed" | "unknown"; error: string };

export type LogPoster = { post(record: LogRecord): Promise<PostOutcome>; close(): Promise<void> };

const LOG_PATH = "/v1/trace/custom/v1/log";
const CONNECT_MS_MAX = 5_000;
/** From the request to the end of the answer, with the connection; less than the lease of a call that is being posted. */
const POST_MS_MAX = 25_000;
/** A connection that has been idle for longer may be closed by the other side just when it is used. */
const IDLE_MS_MAX = 1_000;
/** Its answers are empty, or one line that says what is wrong. */
const ANSWER_LENGTH_MAX = 300;
/** The record itself is at fault: not understood, or too large. */
const REFUSALS = new Set([400, 413, 422]);
const UNSENT_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Posts to Helicone's log route. Redirections are not followed; nothing is thrown. */
export function createLogPoster(url: string, connections: number): LogPoster {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, {
    connections,
    connect: { timeout: CONNECT_MS_MAX },
    keepAliveTimeout: IDLE_MS_MAX,
    keepAliveMaxTimeout: IDLE_MS_MAX,
  });
  const path = pathname.replace(/\/+$/, "") + LOG_PATH;
  return {
    async post(record) {
      const authorization = record.providerRequest.meta["Helicone-Auth"] ?? "";
      const headers = { authorization, "content-type": "application/json" };
      const body = JSON.stringify(record);
      const signal = AbortSignal.timeout(POST_MS_MAX);
      try {
        return await outcomeOf(await pool.request({ method: "POST", path, headers, body, signal }));
      } catch (error) {
        const code = codeOf(error);
        return { outcome: UNSENT_CODES.has(code) ? "unsent" : "unknown", error: `Helicone does not answer (${code})` };
      }
    },
    close: () => pool.destroy(),
  };
}

/** Whatever answers 200 with a page is not its log route. */
async function outcomeOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<PostOutcome> {
  const said = (await body.text()).slice(0, ANSWER_LENGTH_MAX).replace(/\p{Cc}/gu, " "); // PostgreSQL keeps it
  const isPage = /html/i.test(String(headers["content-type"] ?? ""));
  if (statusCode >= 200 && statusCode < 300) {
    return isPage ? { outcome: "closed", error: "a page answers in Helicone's place" } : { outcome: "taken" };
  }
  const error = `Helicone answers ${statusCode}${isPage || said === "" ? "" : `: ${said}`}`;
  if (statusCode >= 500) return { outcome: "unknown", error };
  return { outcome: REFUSALS.has(statusCode) ? "refused" : "closed", error };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
