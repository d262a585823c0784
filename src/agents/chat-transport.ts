import { Agent, request as send } from "undici";

import type { AgentEndpoint } from "#agents/runtime.ts";

/** A message for an agent, as its server takes it. */
export type ChatMessage = { message: string; model: string | null };

export type ChatDelivery = {
  endpoint: AgentEndpoint;
  message: ChatMessage;
  /** Whether the answer is wanted as it comes, as server-sent events. */
  isStreamed: boolean;
  /** Aborted when whoever asked has left. */
  signal: AbortSignal;
};

/** The agent's answer as it begins; `failure` instead when there is none. */
export type ChatResponse =
  | { status: number; contentType: string; retryAfterSeconds: number | null; body: AsyncIterable<Uint8Array> }
  | { failure: DeliveryFailure };

/** `unreachable`: nothing was delivered. `timeout`: no answer in time. `cut`: it ended in the middle. */
export type DeliveryFailure = "unreachable" | "gateway_unreachable" | "timeout" | "cut";

export type DeliverChat = (delivery: ChatDelivery) => Promise<ChatResponse>;

export type ChatTransportSettings = {
  /** The gateway's internal port, through which agents in containers are reached. */
  gateway: { url: string; token: string | undefined };
  /** How long a turn may take, all in all. */
  timeoutMs: number;
};

const CONNECT_MS_MAX = 5_000;
const UNREACHABLE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/**
 * Delivers messages to agents' servers: to processes directly, to containers through the gateway, which alone shares a
 * network with them. A message is delivered at most once, and no redirect is followed.
 */
export function createChatTransport(settings: ChatTransportSettings): DeliverChat {
  return async (delivery) => {
    const target = targetOf(delivery, settings);
    const dispatcher = new Agent({
      connect: { timeout: CONNECT_MS_MAX },
      headersTimeout: settings.timeoutMs,
      bodyTimeout: settings.timeoutMs,
    });
    const signal = AbortSignal.any([delivery.signal, AbortSignal.timeout(settings.timeoutMs)]);
    try {
      const { statusCode, headers, body } = await send(target.url, { ...target.request, signal, dispatcher });
      const failure = textOf(headers["x-dispatch-failure"]);
      if (target.isDispatched && failure !== "") {
        await body.dump();
        void dispatcher.destroy();
        return { failure: toFailure(failure) };
      }
      return {
        status: statusCode,
        contentType: textOf(headers["content-type"]),
        retryAfterSeconds: secondsOf(textOf(headers["retry-after"])),
        body: thenLetGo(body, dispatcher),
      };
    } catch (error) {
      void dispatcher.destroy();
      const failure = deliveryFailureOf(error);
      return { failure: target.isDispatched && failure === "unreachable" ? "gateway_unreachable" : failure };
    }
  };
}

/** The kind of an error thrown while an answer was awaited or read. */
export function deliveryFailureOf(error: unknown): DeliveryFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const name = error instanceof Error ? error.name : "";
  if (name === "TimeoutError" || /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return "timeout";
  return UNREACHABLE.test(code) ? "unreachable" : "cut";
}

function targetOf({ endpoint, message, isStreamed }: ChatDelivery, { gateway, timeoutMs }: ChatTransportSettings) {
  const json = { "content-type": "application/json" };
  const { container } = endpoint;
  if (container !== undefined) {
    const dispatch = {
      host: container.name,
      address: container.address,
      port: Number(new URL(endpoint.url).port || 80),
      token: endpoint.token,
      isStreamed,
      timeoutMs,
      body: message,
    };
    const headers = { ...json, authorization: `Bearer ${gateway.token ?? ""}` };
    const request = { method: "POST", headers, body: JSON.stringify(dispatch) } as const;
    return { url: `${gateway.url}/internal/dispatch`, request, isDispatched: true };
  }
  const headers = {
    ...json,
    accept: isStreamed ? "text/event-stream" : "application/json",
    ...(endpoint.token === null ? {} : { "x-trinity-agent-token": endpoint.token }),
  };
  const request = { method: "POST", headers, body: JSON.stringify({ ...message, stream: isStreamed }) } as const;
  return { url: `${endpoint.url.replace(/\/+$/, "")}/api/chat`, request, isDispatched: false };
}

/** However the reading ends, the connection goes with it: that is how an agent learns that nobody listens any more. */
async function* thenLetGo(body: AsyncIterable<Uint8Array>, dispatcher: Agent): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    void dispatcher.destroy();
  }
}

function toFailure(text: string): DeliveryFailure {
  return text === "unreachable" || text === "timeout" ? text : "cut";
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === "string" ? header : "";
}

function secondsOf(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
