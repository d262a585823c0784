import type { IncomingMessage, ServerResponse } from "node:http";

import { v7 as uuidv7 } from "uuid";

import { watchClient } from "#gateway/client-presence.ts";
import { toAgentHeaders, toUpstreamHeaders, type UpstreamCredential } from "#gateway/forward-headers.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { sendRefusal, UPSTREAM_SILENT, UPSTREAM_UNREACHABLE } from "#gateway/refusal.ts";
import { toRequestId } from "#ledger/call-record.ts";

export type UnmeteredRequest = {
  request: IncomingMessage;
  path: string;
  body: Buffer | null;
  credential: UpstreamCredential;
  response: ServerResponse;
};

/** Passes on what costs nothing (token counts, the list of models): no budget, no journal, no ledger. */
export function passUnmetered(gateway: Gateway, { request, response, ...asked }: UnmeteredRequest): void {
  const { credential } = asked;
  const requestId = toRequestId(uuidv7());
  const forwarding = gateway.upstream.forward({
    method: request.method ?? "GET",
    path: asked.path,
    headers: toUpstreamHeaders(request.rawHeaders, credential),
    body: asked.body,
    onHead(status, headers) {
      response.writeHead(status, { ...toAgentHeaders(headers, credential.kind), "request-id": requestId });
    },
    onChunk: (chunk) => response.write(chunk) || response.destroyed,
    onEnd() {
      response.end();
    },
    onError(failure) {
      if (response.headersSent) response.destroy();
      else sendRefusal(response, failure.kind === "timeout" ? UPSTREAM_SILENT : UPSTREAM_UNREACHABLE, requestId);
    },
  });
  response.on("drain", () => forwarding.resume());
  watchClient(request, response, () => forwarding.abort());
}
