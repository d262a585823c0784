import type { IncomingHttpHeaders } from "node:http";

import { type Dispatcher, Pool } from "undici";

/** One exchange with the upstream. The callbacks come in this order; exactly one of `onEnd`, `onError` comes last. */
export type Exchange = {
  method: string;
  /** Path and query, as they go out. */
  path: string;
  headers: string[];
  body: Buffer | null;
  onHead(status: number, headers: IncomingHttpHeaders): void;
  /** Returns false to hold the upstream back until `resume`. */
  onChunk(chunk: Buffer): boolean;
  onEnd(): void;
  onError(failure: UpstreamFailure): void;
};

/** Why there is no (whole) answer. `unsent`: the request never left, so nothing was worked on. */
export type UpstreamFailure = { kind: "unsent" | "timeout" | "cut"; code: string };

export type Forwarding = {
  resume(): void;
  abort(): void;
  /** Whether any of the request may have left. */
  isSent(): boolean;
};

export type Upstream = {
  forward(exchange: Exchange): Forwarding;
  close(): Promise<void>;
};

type UpstreamSettings = {
  url: string;
  headersTimeoutMs: number;
  idleTimeoutMs: number;
  /** How long an idle connection is kept at the most, whatever the other side says of it. */
  keptOpenMs?: number;
};

const CONNECT_MS_MAX = 10_000;
const TIMEOUT_CODES = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/**
 * Kept-alive connections to the model API. `headersTimeoutMs` bounds the wait for an answer to begin,
 * `idleTimeoutMs` the silence inside one. Requests are never repeated: a message costs money each time.
 */
export function createUpstream(settings: UpstreamSettings): Upstream {
  const url = new URL(settings.url);
  const prefix = url.pathname.replace(/\/+$/, "");
  const pool = new Pool(url.origin, {
    headersTimeout: settings.headersTimeoutMs,
    bodyTimeout: settings.idleTimeoutMs,
    connect: { timeout: CONNECT_MS_MAX },
    ...(settings.keptOpenMs === undefined ? {} : { keepAliveMaxTimeout: settings.keptOpenMs }),
  });
  return {
    forward(exchange) {
      let controller: Dispatcher.DispatchController | null = null;
      let isAborted = false;
      let isSent = false;
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart(started) {
          controller = started;
          if (isAborted) started.abort(new Error("aborted"));
          else isSent = true;
        },
        onResponseStart(_controller, status, headers) {
          if (status >= 200) exchange.onHead(status, headers);
        },
        onResponseData(current, chunk) {
          if (!exchange.onChunk(chunk)) current.pause();
        },
        onResponseEnd() {
          exchange.onEnd();
        },
        onResponseError(_controller, error) {
          exchange.onError(toFailure(error, isSent));
        },
      };
      const { method, headers, body } = exchange;
      pool.dispatch({ method: asMethod(method), path: prefix + exchange.path, headers, body }, handler);
      return {
        resume: () => controller?.resume(),
        abort() {
          isAborted = true;
          controller?.abort(new Error("aborted"));
        },
        isSent: () => isSent,
      };
    },
    close: () => pool.destroy(),
  };
}

function toFailure(error: Error, isSent: boolean): UpstreamFailure {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  if (!isSent) return { kind: "unsent", code };
  return { kind: TIMEOUT_CODES.has(code) ? "timeout" : "cut", code };
}

/** Node's parser has accepted it, so it is a method; undici's type lists them one by one. */
function asMethod(method: string): Dispatcher.HttpMethod {
  return method as Dispatcher.HttpMethod;
}
