import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { Gateway } from "#gateway/gateway.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import { type DispatchSettings, dispatchChat } from "#gateway/internal-dispatch.ts";
import type { ScrapedMetrics } from "#gateway/open-metrics.ts";
import { formatPeek } from "#limits/admission-peek.ts";
import { isBearer } from "#signals/scrape-token.ts";

/** What the internal port needs of the gateway around it. */
export type InternalPort = DispatchSettings & {
  admission: Gateway["admission"];
  /** Whoever sends it is the portal. */
  token: string;
  agentById(agentId: number): KnownAgent | undefined;
  /** For whoever has its own token, which opens nothing else; null: nobody. */
  metrics: ScrapedMetrics | null;
};

const AGENT_ID = /^[1-9]\d{0,9}$/;

/**
 * The gateway's answers to the portal, on a port of their own that no agent's network reaches. Everything needs the
 * token. Not listening yet.
 */
export function createInternalServer(port: InternalPort): Server {
  return createServer((request, response) => {
    response.on("error", () => response.destroy());
    answer(port, { request, response }).catch((error: unknown) => {
      port.log.error({ err: error }, "A request of the portal could not be answered");
      sendJson(response, 500, { error: "The gateway failed on this request. Its log says why." });
    });
  });
}

type Asked = { request: IncomingMessage; response: ServerResponse };

async function answer(port: InternalPort, { request, response }: Asked): Promise<void> {
  if (request.method === "GET" && request.url === "/metrics") return scrape(port, { request, response });
  if (!isBearer(request.headers.authorization, port.token)) {
    return sendJson(response, 401, { error: "Send the service token." });
  }
  const url = new URL(request.url ?? "/", "http://gateway");
  if (request.method === "GET" && url.pathname === "/internal/admission") return admission(port, url, response);
  if (request.method === "POST" && url.pathname === "/internal/dispatch") return dispatchChat(port, request, response);
  sendJson(response, 404, { error: "There is nothing at this address." });
}

async function scrape({ metrics }: InternalPort, { request, response }: Asked): Promise<void> {
  if (metrics === null) return sendJson(response, 404, { error: "Metrics are off: METRICS_TOKEN is not set." });
  if (!isBearer(request.headers.authorization, metrics.token)) {
    return sendJson(response, 401, { error: "Send METRICS_TOKEN as the bearer." });
  }
  const { registry } = metrics;
  const text = await registry.text();
  response.writeHead(200, { "content-type": registry.contentType, "cache-control": "no-store" }).end(text);
}

/** The one rule, asked ahead of a call: nothing is reserved, counted or written. */
function admission(port: InternalPort, url: URL, response: ServerResponse): void {
  const id = url.searchParams.get("agentId") ?? "";
  const agent = AGENT_ID.test(id) ? port.agentById(Number(id)) : undefined;
  if (agent === undefined) {
    const status = AGENT_ID.test(id) ? 404 : 400;
    sendJson(response, status, { error: "The gateway does not know this agent. agentId is an agent's number." });
    return;
  }
  const peek = formatPeek(port.admission.peek(agent.id));
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(peek);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
