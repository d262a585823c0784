import { Agent as HttpAgent, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";

import { createProxyServer, type ProxyServerOptions } from "httpxy";

import type { Upstream } from "#door/door-route.ts";
import { answerSocket } from "#door/web-sockets.ts";

/** A request on its way to Helicone. */
export type Passage = {
  to: Upstream;
  /** As that server knows it, query included. */
  target: string;
  headers: IncomingMessage["headers"];
};

export type ForwarderParts = {
  urls: Record<Upstream, string>;
  onAnswer: (answer: IncomingMessage, request: IncomingMessage, response: ServerResponse) => void;
  onFailure: (failure: "unreachable" | "timed_out", request: IncomingMessage, response: ServerResponse) => void;
  /** How long Helicone may be silent. */
  answerTimeoutMs: number;
};

export type Forwarder = {
  forward(request: IncomingMessage, response: ServerResponse, passage: Passage): void;
  forwardSocket(request: IncomingMessage, socket: Duplex, passage: Passage & { head: Buffer }): void;
  close(): void;
};

const CONNECTIONS_MAX = 64;

/** Sends requests on to Helicone as they are told, and bodies both ways as they come. */
export function createForwarder(parts: ForwarderParts): Forwarder {
  const { urls, answerTimeoutMs } = parts;
  const proxy = createProxyServer();
  const late = new WeakSet<IncomingMessage>();
  const agents = {
    "http:": new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
    "https:": new HttpsAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
  };
  proxy.on("proxyReq", (outgoing, request) => outgoing.once("timeout", () => late.add(request)));
  proxy.on("proxyRes", parts.onAnswer);
  proxy.on("proxyReqWs", answerSocket);
  proxy.on("error", (_error, request, response) => {
    if (request === undefined || response === undefined) return;
    if (!("writeHead" in response)) return void response.destroy();
    if (response.headersSent || response.destroyed) return void response.destroy();
    parts.onFailure(late.has(request) ? "timed_out" : "unreachable", request, response);
  });

  return {
    forward(request, response, { to, target, headers }) {
      const upstream = new URL(urls[to]);
      request.url = target;
      request.headers = headers;
      const agent = upstream.protocol === "https:" ? agents["https:"] : agents["http:"];
      const options = { ...hostOf(to, upstream), agent, selfHandleResponse: true, proxyTimeout: answerTimeoutMs };
      proxy.web(request, response, options).catch(() => response.destroy());
    },
    forwardSocket(request, socket, { to, target, headers, head }) {
      request.url = target;
      request.headers = headers;
      const options = { ...hostOf(to, new URL(urls[to])), upgradeTimeout: answerTimeoutMs };
      proxy.ws(request, asNetSocket(socket), options, head).catch(() => socket.destroy());
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** The host that Helicone is told is its own, whatever the browser said; for bodies, the one that was signed. */
function hostOf(to: Upstream, target: URL): ProxyServerOptions {
  return { target, changeOrigin: to !== "objects" };
}

/** Node's HTTP server says of an upgraded connection that it is some duplex stream; it is the TCP socket. */
function asNetSocket(socket: Duplex): import("node:net").Socket {
  return socket as import("node:net").Socket; // as the documentation of "upgrade" says of servers on TCP
}
