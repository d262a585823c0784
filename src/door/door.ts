import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { createAdmission } from "#door/admission.ts";
import { createDoorAnswers } from "#door/door-answers.ts";
import type { Upstream } from "#door/door-route.ts";
import { createFailureLog } from "#door/failure-log.ts";
import { createHeliconeSession, type HeliconeSessionParts } from "#door/helicone-session.ts";
import type { Visitor } from "#door/visitor.ts";
import { refuseSocket } from "#door/web-sockets.ts";
import type { Log } from "#log.ts";

export type DoorParts = {
  log: Log;
  /** As browsers know them. */
  portalUrl: string;
  doorUrl: string;
  visitorOf: (cookies: Record<string, string>) => Promise<Visitor>;
  /** Null: it is turned off, and the door says so. */
  helicone: { urls: Record<Upstream, string>; readAccount: HeliconeSessionParts["readAccount"] } | null;
  limits?: Partial<DoorLimits>;
};

export type DoorLimits = {
  /** For the request line with all headers. */
  headerBytesMax: number;
  headersMax: number;
  headersTimeoutMs: number;
  /** For the whole request, body included. */
  requestTimeoutMs: number;
  /** For a connection on which nothing moves. */
  idleTimeoutMs: number;
  /** How long Helicone may be silent. */
  answerTimeoutMs: number;
  recheckMs: number;
  connectionsMax: number;
};

const LIMITS: DoorLimits = {
  headerBytesMax: 16 * 1024,
  headersMax: 100,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  idleTimeoutMs: 120_000,
  answerTimeoutMs: 60_000,
  recheckMs: 2_000,
  connectionsMax: 512,
};

/** For whoever watches the process; says nothing about Helicone. */
export const HEALTH_PATH = "/healthz";

export type Door = {
  server: Server;
  /** Ends what is open. */
  close(): Promise<void>;
};

/** The door to Helicone's dashboard, not listening yet. */
export function createDoor(parts: DoorParts): Door {
  const { log, doorUrl, portalUrl, visitorOf, helicone } = parts;
  const limits = { ...LIMITS, ...parts.limits };
  const { urls, readAccount } = helicone ?? NOWHERE;
  const answers = createDoorAnswers({
    ...{ urls, portalUrl, doorUrl },
    ...{ answerTimeoutMs: limits.answerTimeoutMs, recheckMs: limits.recheckMs },
    noteFailure: createFailureLog(log),
    admit: createAdmission({ visitorOf, doorUrl, log, isTurnedOff: helicone === null }),
    session: createHeliconeSession({ webUrl: urls.web, readAccount }),
  });
  const hasTooManyHeaders = ({ rawHeaders }: IncomingMessage) => rawHeaders.length > 2 * limits.headersMax;
  const sockets = new Set<Duplex>();
  const server = openServer(limits, (request, response) => {
    if (request.url === HEALTH_PATH) return void response.writeHead(200, { "content-length": 2 }).end("ok");
    if (hasTooManyHeaders(request)) return void response.writeHead(431, { connection: "close" }).end();
    answers.answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, "A request could not be answered");
      if (!response.headersSent) response.writeHead(500, { connection: "close" });
      response.end();
    });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (hasTooManyHeaders(request)) return refuseSocket(socket, 431);
    answers.answerSocket(request, socket, head).catch(() => refuseSocket(socket, 502));
  });
  return {
    server,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      answers.close();
      await closed;
    },
  };
}

/** Nothing is sent there: admission ends before. */
const NOWHERE = {
  urls: { web: "http://127.0.0.1", api: "http://127.0.0.1", objects: "http://127.0.0.1" },
  readAccount: () => "not_set_up" as const,
};

function openServer(limits: DoorLimits, answer: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const options = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    keepAliveTimeout: 5_000,
    insecureHTTPParser: false,
  };
  const server = createServer(options, answer);
  server.setTimeout(limits.idleTimeoutMs);
  server.maxConnections = limits.connectionsMax;
  return server;
}
