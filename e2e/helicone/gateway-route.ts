import { randomBytes, randomUUID } from "node:crypto";
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { PassThrough, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

import { type Exchange, type Sent, sendApi, sendThrown } from "./exchange.ts";
import { logCall } from "./log-row.ts";
import { keyForLogging, type StandInState } from "./stand-in-state.ts";

const ROUTE = /^\/v1\/gateway\/([^/]+)(\/.*)?$/;
const OWN_HEADERS = /^(helicone-.*|host|content-length|content-encoding|connection|transfer-encoding)$/;

/** The proxy: keys are not looked at before the call, and the answer passes while a copy is kept for the row. */
export async function answerGateway(state: StandInState, exchange: Exchange): Promise<Sent> {
  const [, provider, path = "/"] = ROUTE.exec(exchange.path) ?? [];
  if (provider?.toLowerCase() !== "anthropic") return sendApi(exchange, 400, { message: "Invalid provider" });
  if (exchange.json === undefined) return sendThrown(exchange, 400, "SyntaxError: Unexpected end of JSON input");
  const targetUrl = `${state.settings.upstreamUrl}${path}${exchange.target.slice(exchange.path.length)}`;
  const startedAt = Date.now();
  let upstream: IncomingMessage;
  try {
    upstream = await callUpstream(targetUrl, exchange);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return sendThrown(exchange, 500, `FetchError: request to ${targetUrl} failed, reason: ${reason}`);
  }
  await passAnswer(state, exchange, { upstream, targetUrl, startedAt });
  return exchange.response;
}

function callUpstream(targetUrl: string, exchange: Exchange): Promise<IncomingMessage> {
  const body = JSON.stringify(exchange.json);
  const kept = Object.entries(exchange.headers).filter(([name]) => !OWN_HEADERS.test(name));
  const trace = randomBytes(16).toString("hex");
  const headers = {
    ...Object.fromEntries(kept),
    "content-length": String(Buffer.byteLength(body)),
    "x-datadog-trace-id": BigInt(`0x${trace.slice(16)}`).toString(),
    "x-datadog-parent-id": BigInt(`0x${trace.slice(0, 16)}`).toString(),
    "x-datadog-sampling-priority": "1",
    traceparent: `00-${trace}-${trace.slice(0, 16)}-01`,
    tracestate: "dd=s:1",
  };
  const send = targetUrl.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    send(targetUrl, { method: "POST", headers }, resolve).once("error", reject).end(body);
  });
}

type Running = { upstream: IncomingMessage; targetUrl: string; startedAt: number };

/**
 * Passes the answer on. Where the upstream cuts it, the caller is left waiting; where the caller leaves, the upstream
 * runs to its end and there is no row.
 */
async function passAnswer(state: StandInState, exchange: Exchange, running: Running): Promise<void> {
  const { response } = exchange;
  const { upstream } = running;
  const requestId = exchange.headers["helicone-request-id"] ?? randomUUID();
  response.writeHead(upstream.statusCode ?? 500, answerHeaders(upstream.headers, requestId));
  response.flushHeaders();
  const chunks: Buffer[] = [];
  let timeToFirstTokenMs: number | null = null;
  let status = upstream.statusCode ?? 500;
  try {
    for await (const chunk of decoded(upstream)) {
      timeToFirstTokenMs ??= Date.now() - running.startedAt;
      chunks.push(chunk);
      if (!response.destroyed) response.write(chunk);
    }
    if (response.destroyed) return; // the caller has left
    response.end();
  } catch {
    status = -3;
  }
  const key = keyForLogging(state, exchange.headers["helicone-auth"] ?? exchange.headers.authorization);
  if (key === undefined) return;
  logCall(state, key, {
    requestId,
    provider: "ANTHROPIC",
    headers: exchange.headers,
    requestBody: exchange.body,
    requestJson: exchange.json,
    responseBody: Buffer.concat(chunks).toString(),
    status,
    startedAt: running.startedAt,
    endedAt: Date.now(),
    timeToFirstTokenMs,
    targetUrl: running.targetUrl,
  });
}

function answerHeaders(upstream: IncomingHttpHeaders, requestId: string): Record<string, string | string[]> {
  const passed = Object.entries(upstream).filter(
    ([name]) => !/^(content-encoding|content-length|transfer-encoding|connection|keep-alive)$/.test(name),
  );
  return {
    "x-powered-by": "Express",
    vary: "Origin",
    "access-control-allow-credentials": "true",
    "helicone-id": requestId,
    "helicone-status": "success",
    ...Object.fromEntries(passed.map(([name, value]) => [name, value ?? ""])),
  };
}

/** Decoded as far as node-fetch 2 can: zstd stays as it is, and loses the header that says so. */
function decoded(upstream: IncomingMessage): Readable {
  const decoders: Record<string, () => PassThrough | ReturnType<typeof createGunzip>> = {
    gzip: createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  };
  const decoder = decoders[upstream.headers["content-encoding"] ?? ""]?.();
  if (decoder === undefined) return upstream;
  upstream.once("error", (error) => decoder.destroy(error));
  return upstream.pipe(decoder);
}
