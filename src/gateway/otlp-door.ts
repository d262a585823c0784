import type { IncomingMessage, ServerResponse } from "node:http";

import type { Gateway } from "#gateway/gateway.ts";
import { identifyAgent } from "#gateway/identify-agent.ts";
import { readBody } from "#gateway/request-body.ts";
import { encodeStatus, type OtlpEncoding, type OtlpSignal } from "#telemetry/otlp-wire.ts";

export type OtlpRoute = { kind: "otlp"; signal: OtlpSignal; keyInPath: string | null };

type Asked = { request: IncomingMessage; response: ServerResponse; route: OtlpRoute };
type Answer = { status: number; body: Buffer; retryAfterSeconds?: number | null };

/** As it is sent, packed or not. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const CONTENT_TYPES: Readonly<Record<string, OtlpEncoding>> = {
  "application/json": "json",
  "application/x-protobuf": "protobuf",
};
/** gRPC's codes for what is refused before the export is looked at. */
const REFUSALS = { 401: 16, 413: 8, 415: 3, 503: 14 } as const;

/**
 * Telemetry of agents (OTLP over HTTP). Who reports is told by the agent's key alone; what the export says of itself is not
 * asked. Refusals are a google.rpc.Status in the encoding of the request.
 */
export async function receiveTelemetry(gateway: Gateway, { request, response, route }: Asked): Promise<void> {
  const encoding = CONTENT_TYPES[(request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? ""];
  const refuse = (status: keyof typeof REFUSALS, message: string) => {
    request.resume();
    const body = encodeStatus(encoding ?? "json", { code: REFUSALS[status], message });
    send(response, { status, body, retryAfterSeconds: status === 503 ? 5 : null }, encoding ?? "json");
  };
  if (gateway.isStopping) return refuse(503, "The gateway is restarting. Send it again.");
  const who = identifyAgent({ rawHeaders: request.rawHeaders, keyInPath: route.keyInPath }, gateway.findAgent);
  if (who.outcome === "unknown") return refuse(401, who.problem);
  if (encoding === undefined) return refuse(415, "Send application/x-protobuf or application/json.");
  const packed = (request.headers["content-encoding"] ?? "identity").toLowerCase();
  if (packed !== "gzip" && packed !== "identity") return refuse(415, "Send it with gzip, or as it is.");

  const read = await readBody(request, BODY_BYTES_MAX);
  if (!read.ok)
    return read.reason === "too_large" ? refuse(413, "The export is too large. Send less at once.") : undefined;
  const given = {
    agentId: who.agent.id,
    signal: route.signal,
    encoding,
    isGzipped: packed === "gzip",
    body: read.body,
  };
  send(response, await gateway.telemetry.receive(given), encoding);
}

function send(
  response: ServerResponse,
  { status, body, retryAfterSeconds = null }: Answer,
  encoding: OtlpEncoding,
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    "content-type": encoding === "json" ? "application/json" : "application/x-protobuf",
    "content-length": body.length,
    ...(retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) }),
  });
  response.end(body);
}
