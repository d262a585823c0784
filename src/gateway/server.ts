import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { v7 as uuidv7 } from "uuid";

import { answerBrokenRequests } from "#gateway/broken-request.ts";
import type { RefusalReason } from "#gateway/call-figures.ts";
import { chooseCredential } from "#gateway/forward-headers.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { identifyAgent } from "#gateway/identify-agent.ts";
import { passMessage } from "#gateway/messages.ts";
import { receiveTelemetry } from "#gateway/otlp-door.ts";
import { passUnmetered } from "#gateway/pass-unmetered.ts";
import {
  INVALID_REQUEST,
  NO_ANTHROPIC_KEY,
  NOT_SERVED,
  type Refusal,
  STOPPING,
  sendRefusal,
  TOO_LARGE,
  UNIDENTIFIED,
} from "#gateway/refusal.ts";
import { readBody } from "#gateway/request-body.ts";
import { findRoute, type Route } from "#gateway/routes.ts";
import { toRequestId } from "#ledger/call-record.ts";

type ForwardedRoute = Extract<Route, { path: string }>;

/** Clients keep one connection for a whole session; closing it under them costs them a retry. */
const KEEP_ALIVE_MS = 120_000;
const HEADER_BYTES_MAX = 64 * 1024;

const FAULT: Refusal = {
  status: 500,
  type: "api_error",
  message: "The gateway failed on this request. Its log says why.",
};

/** What each answer of this file counts as. */
const REASONS: Readonly<Record<number, RefusalReason>> = {
  400: "invalid_request",
  401: "unidentified",
  404: "not_served",
  413: "too_large",
  417: "invalid_request",
  503: "stopping",
};

/** The agents' door: tells requests apart, asks who calls, and passes them on. Not listening yet. */
export function createGatewayServer(gateway: Gateway): Server {
  const server = createServer(
    // A missing Host is answered below: Node's own answer has no body.
    { maxHeaderSize: HEADER_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: false },
    (request, response) => {
      response.on("error", () => response.destroy());
      route(gateway, request, response).catch((error: unknown) => {
        const requestId = refuse(gateway, response, FAULT);
        gateway.log.error({ err: error, requestId }, "A request could not be handled");
      });
    },
  );
  server.on("checkExpectation", (_request, response) => {
    refuse(gateway, response, {
      ...INVALID_REQUEST("Send the request without Expect, or with 100-continue."),
      status: 417,
    });
  });
  answerBrokenRequests(server);
  return server;
}

async function route(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (hasUnclearHost(request)) return void refuse(gateway, response, INVALID_REQUEST("Send exactly one Host header."));
  const found = findRoute(request.method ?? "", request.url ?? "");
  switch (found.kind) {
    case "probe":
      response.writeHead(200).end();
      return;
    case "health":
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}');
      return;
    case "otlp":
      return receiveTelemetry(gateway, { request, response, route: found });
    case "unknown":
      return void refuse(gateway, response, NOT_SERVED);
    default:
      return pass(gateway, { request, response, route: found });
  }
}

type Asked = { request: IncomingMessage; response: ServerResponse; route: ForwardedRoute };

async function pass(gateway: Gateway, { request, response, route: found }: Asked): Promise<void> {
  if (gateway.isStopping) return void refuse(gateway, response, STOPPING);
  const { rawHeaders } = request;
  const who = identifyAgent({ rawHeaders, keyInPath: found.keyInPath }, gateway.findAgent);
  if (who.outcome === "unknown") return void refuse(gateway, response, UNIDENTIFIED(who.problem));
  const credential = chooseCredential(gateway.anthropicApiKey, who);
  if (credential === null) return void refuse(gateway, response, NO_ANTHROPIC_KEY);
  if (request.headers["content-encoding"] !== undefined) {
    return void refuse(gateway, response, INVALID_REQUEST("Send the request body without content-encoding."));
  }

  const read = await readBody(request);
  if (!read.ok) {
    if (read.reason === "too_large") refuse(gateway, response, TOO_LARGE);
    return;
  }
  const { path } = found;
  if (found.kind === "messages") {
    const receivedAtMs = performance.now();
    return passMessage(gateway, who.agent, { request, response, path, body: read.body, credential, receivedAtMs });
  }
  const body = found.kind === "models" ? null : read.body;
  return passUnmetered(gateway, { request, response, path, body, credential });
}

/** Returns the id that the answer carries. */
function refuse(gateway: Gateway, response: ServerResponse, refusal: Refusal): string {
  const requestId = toRequestId(uuidv7());
  gateway.figures.refused(REASONS[refusal.status] ?? "fault");
  sendRefusal(response, refusal, requestId);
  return requestId;
}

/** Two of them, or none, mean that somebody on the way may read the request otherwise than we do (RFC 9112, 3.2). */
function hasUnclearHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
  return hosts > 1 || (hosts === 0 && httpVersion === "1.1");
}
