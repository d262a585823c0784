import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import { type Exchange, receiveExchange, type Sent, sendPage, sendThrown } from "./exchange.ts";
import type { ServerMode } from "./faults.ts";
import type { ReceivedRequest, StandInState } from "./stand-in-state.ts";

export type StandInServer = {
  url: string;
  port: number;
  /** Opens or closes the port as the mode says. */
  apply: (mode: ServerMode) => Promise<void>;
  close: () => Promise<void>;
};

export type ServerPlan = {
  name: ReceivedRequest["server"];
  state: StandInState;
  host: string;
  port: number;
  answer: (exchange: Exchange) => Promise<Sent> | Sent;
  violations: (exchange: Exchange) => string[];
  upgrade?: (request: IncomingMessage, socket: Duplex) => void;
};

const RECEIVED_MAX = 20_000;
const ANSWERS_WHATEVER = "/healthcheck";

/** One of the stand-in's servers: it records and checks what comes, and fails as its mode says. */
export async function startStandInServer(plan: ServerPlan): Promise<StandInServer> {
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    response.socket?.setNoDelay(true);
    receiveExchange(request, response)
      .then((exchange) => answer(plan, exchange))
      .catch(() => response.destroy()); // the caller left while it was still sending
  });
  if (plan.upgrade !== undefined) server.on("upgrade", plan.upgrade);
  await listen(server, plan.host, plan.port);
  const { port } = server.address() as AddressInfo; // a TCP server that listens has an address
  const close = () => closeServer(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async apply(mode) {
      if (mode === "down" && server.listening) await close();
      if (mode !== "down" && !server.listening) await listen(server, plan.host, port);
    },
    close: async () => (server.listening ? close() : undefined),
  };
}

async function answer(plan: ServerPlan, exchange: Exchange): Promise<void> {
  const { state, name } = plan;
  const { method, target, headers, body, response, path } = exchange;
  const violations = plan.violations(exchange);
  state.received.push({ server: name, method, path: target, headers, body, violations });
  if (state.received.length > RECEIVED_MAX) state.received.shift();
  const mode = state.faults[name];
  if (mode === "silent") return;
  if (state.faults.slowMs > 0) await sleep(state.faults.slowMs);
  try {
    if (mode === "html-500" && path !== ANSWERS_WHATEVER) sendThrown(exchange, 500, "Error: Internal");
    else if (mode === "html-200" && path !== ANSWERS_WHATEVER) sendPage(response, 200, "<!DOCTYPE html><p>Hello</p>");
    else await plan.answer(exchange);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    violations.push(`the stand-in cannot answer ${method} ${path}: ${reason}`);
    if (!response.headersSent) sendThrown(exchange, 500, reason);
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
