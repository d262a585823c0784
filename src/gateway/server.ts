import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { v7 as uuidv7 } from "uuid";

import { chooseCredential } from "#gateway/forward-headers.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { identifyAgent } from "#gateway/identify-agent.ts";
import { passMessage } from "#gateway/messages.ts";
import { passUnmetered } from "#gateway/pass-unmetered.ts";
import {
  INVALID_REQUEST,
  NO_ANTHROPIC_KEY,
  NOT_SERVED,
  type Refusal,
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

/** The agents' door: tells requests apart, asks who calls, and passes them on. Not listening yet. */
export function createGatewayServer(gateway: Gateway): Server {
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      response.on("error", () => response.destroy());
      route(gateway, request, response).catch((error: unknown) => {
        gateway.log.error({ err: error }, "A request could not be handled");
        refuse(response, {
          status: 500,
          type: "api_error",
          message: "The gateway failed on this request. Its log says why.",
        });
      });
    },
  );
  server.on("clientError", answerBrokenRequest);
  return server;
}

async function route(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = findRoute(request.method ?? "", request.url ?? "");
  switch (found.kind) {
    case "probe":
      response.writeHead(200).end();
      return;
    case "health":
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}');
      return;
    case "unknown":
      return refuse(response, NOT_SERVED);
    default:
      return pass(gateway, { request, response, route: found });
  }
}

type Asked = { request: IncomingMessage; response: ServerResponse; route: ForwardedRoute };

async function pass(gateway: Gateway, { request, response, route: found }: Asked): Promise<void> {
  const { rawHeaders } = request;
  const who = identifyAgent({ rawHeaders, keyInPath: found.keyInPath }, gateway.findAgent);
  if (who.outcome === "unknown") return refuse(response, UNIDENTIFIED(who.problem));
  const credential = chooseCredential(gateway.anthropicApiKey, who);
  if (credential === null) return refuse(response, NO_ANTHROPIC_KEY);
  if (request.headers["content-encoding"] !== undefined) {
    return refuse(response, INVALID_REQUEST("Send the request body without content-encoding."));
  }

  const read = await readBody(request);
  if (!read.ok) return read.reason === "too_large" ? refuse(response, TOO_LARGE) : undefined;
  const { path } = found;
  if (found.kind === "messages") {
    const receivedAtMs = performance.now();
    return passMessage(gateway, who.agent, { request, response, path, body: read.body, credential, receivedAtMs });
  }
  const body = found.kind === "models" ? null : read.body;
  return passUnmetered(gateway, { method: request.method ?? "GET", path, rawHeaders, body, credential, response });
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  sendRefusal(response, refusal, toRequestId(uuidv7()));
}

/** What Node's parser gives up on, by its error's code; anything else is not HTTP. */
const BROKEN: Record<string, [status: string, message: string]> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "The request's headers are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request did not arrive in time."],
};

/** What Node's parser rejects (smuggling attempts, oversized headers, noise) is answered in Anthropic's shape too. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return;
  const [status, message] = BROKEN[error.code ?? ""] ?? ["400 Bad Request", "The request is not valid HTTP."];
  const requestId = toRequestId(uuidv7());
  const body = JSON.stringify({
    type: "error",
    error: { type: "invalid_request_error", message },
    request_id: requestId,
  });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-should-retry: false\r\nconnection: close\r\n\r\n${body}`,
  );
}
