import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

import { Agent, request as send } from "undici";
import { z } from "zod";

import { readBody } from "#gateway/request-body.ts";
import type { Log } from "#log.ts";

/** A container that Trinity or we have named. It is not looked up: the address says where it is. */
const AGENT_HOST = /^agent-[a-z0-9](?:[a-z0-9_.-]{0,126}[a-z0-9])?$/;
/** Where Docker puts containers: a private network, never this machine itself. */
const CONTAINER_ADDRESS = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

const dispatched = z.object({
  host: z.string().regex(AGENT_HOST),
  address: z.ipv4(),
  port: z.int().min(1).max(65_535),
  /** The agent server's own token; null: it asks for none. */
  token: z.string().max(1_000).nullable(),
  isStreamed: z.boolean(),
  timeoutMs: z.int().min(1_000).max(7_260_000),
  body: z.object({ message: z.string(), model: z.string().nullable() }),
});

const CONNECT_MS_MAX = 5_000;
/** Names the kind of failure for the portal, which tells an agent's own 502 from ours by it. */
const FAILURE_HEADER = "x-dispatch-failure";

export type DispatchSettings = {
  log: Log;
  /** Whether a container may be at this IPv4 address; undefined: on private networks only. */
  mayBeAgentAt?: ((address: string) => boolean) | undefined;
};

/**
 * Hands a chat message on to an agent's container, which only the gateway shares a network with. Status, type and
 * body of the agent's answer pass as they are, as they come; nothing is followed or tried again. When either end
 * leaves, so does the other.
 */
export async function dispatchChat(
  { log, mayBeAgentAt = isContainerAddress }: DispatchSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const read = await readBody(request);
  if (!read.ok) return read.reason === "too_large" ? fail(response, 413, "too_large") : undefined;
  const parsed = dispatched.safeParse(toJson(read.body.toString("utf8")));
  if (!parsed.success || !mayBeAgentAt(parsed.data.address)) return fail(response, 400, "invalid");

  const { host, address, port, token, isStreamed, timeoutMs, body } = parsed.data;
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_MS_MAX },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    const answered = await send(`http://${address}:${port}/api/chat`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        host: `${host}:${port}`,
        accept: isStreamed ? "text/event-stream" : "application/json",
        ...(token === null ? {} : { "x-trinity-agent-token": token }),
      },
      body: JSON.stringify({ ...body, stream: isStreamed }),
      signal: AbortSignal.any([leaving.signal, AbortSignal.timeout(timeoutMs)]),
      dispatcher,
    });
    response.writeHead(answered.statusCode, passedHeaders(answered.headers));
    response.flushHeaders();
    await pipeline(answered.body, response);
  } catch (error) {
    if (leaving.signal.aborted) return;
    log.info({ host, reason: failureOf(error) }, "An agent could not be talked to");
    if (response.headersSent) response.destroy();
    else fail(response, 502, failureOf(error));
  } finally {
    void dispatcher.destroy();
  }
}

/** Whether Docker may have put a container at this IPv4 address. */
export function isContainerAddress(address: string): boolean {
  return CONTAINER_ADDRESS.test(address);
}

function passedHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    ["content-type", "retry-after"].flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/** `timeout`: it was reached and did not answer. `unreachable`: nothing was delivered. `cut`: it left in the middle. */
function failureOf(error: unknown): "timeout" | "unreachable" | "cut" {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const name = error instanceof Error ? error.name : "";
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT" || name === "TimeoutError")
    return "timeout";
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(code)
    ? "unreachable"
    : "cut";
}

function fail(response: ServerResponse, status: number, reason: string): void {
  if (response.destroyed || response.headersSent) return;
  response
    .writeHead(status, { "content-type": "application/json", [FAILURE_HEADER]: reason })
    .end(JSON.stringify({ error: reason }));
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
