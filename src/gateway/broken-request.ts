import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { v7 as uuidv7 } from "uuid";

import { INVALID_REQUEST, NOT_SERVED, type Refusal, toErrorBody } from "#gateway/refusal.ts";
import { toRequestId } from "#ledger/call-record.ts";

/** A request of a connection, and the answer that goes out before its own. */
type Turn = { request: IncomingMessage; response: ServerResponse; before: ServerResponse | undefined };
type Answer = { statusText: string; refusal: Refusal };

/** What Node's parser gives up on, by its error's code; anything else is not HTTP. */
const BROKEN: Record<string, Answer> = {
  HPE_HEADER_OVERFLOW: {
    statusText: "Request Header Fields Too Large",
    refusal: { ...INVALID_REQUEST("The request's headers are too large."), status: 431 },
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    statusText: "Request Timeout",
    refusal: { ...INVALID_REQUEST("The request did not arrive in time."), status: 408, isFinal: false },
  },
};
const NOT_HTTP: Answer = { statusText: "Bad Request", refusal: INVALID_REQUEST("The request is not valid HTTP.") };
const NO_TUNNEL: Answer = { statusText: "Not Found", refusal: NOT_SERVED };

/** Long enough to read the answer; a client that keeps its connection open all the same is not waited for. */
const LINGER_MS = 1_000;

/**
 * Answers, in Anthropic's shape and for the last time on its connection, what never becomes a request: smuggling
 * attempts, oversized headers, noise, tunnels. Never in the middle of an answer that is still going out.
 */
export function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, Turn>();
  const given = new WeakSet<Duplex>();
  server.on("request", (request, response) => {
    const before = latest.get(request.socket)?.response;
    latest.set(request.socket, { request, response, before });
    // A connection stays open for hours; it must not keep its last request, body and all, for so long.
    response.on("close", () => {
      if (latest.get(request.socket)?.response === response) latest.delete(request.socket);
    });
  });
  server.on("connect", (_request, socket) => answerLast(socket, NO_TUNNEL));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (given.has(socket)) return;
    given.add(socket);
    const goingOut = answerGoingOut(latest.get(socket));
    if (goingOut === null) answerLast(socket, BROKEN[error.code ?? ""] ?? NOT_HTTP);
    else goingOut.once("close", () => socket.destroy());
  });
}

/** The answer that was promised on the connection before it broke, if it is not complete. */
function answerGoingOut(turn: Turn | undefined): ServerResponse | null {
  if (turn === undefined) return null;
  // A request that breaks in its body is the broken one itself, unless it has its answer already.
  const isBroken = !turn.request.complete && !turn.response.headersSent;
  const promised = isBroken ? turn.before : turn.response;
  return promised === undefined || promised.writableFinished ? null : promised;
}

function answerLast(socket: Duplex, { statusText, refusal }: Answer): void {
  socket.on("error", () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = toErrorBody(refusal, toRequestId(uuidv7()));
  const head = [
    `HTTP/1.1 ${refusal.status} ${statusText}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...(refusal.isFinal === true ? ["x-should-retry: false"] : []),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
