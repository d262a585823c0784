import type { ServerResponse } from "node:http";

import { v7 as uuidv7 } from "uuid";

import { toAgentHeaders, toUpstreamHeaders, type UpstreamCredential } from "#gateway/forward-headers.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { sendRefusal, UPSTREAM_SILENT, UPSTREAM_UNREACHABLE } from "#gateway/refusal.ts";
import { toRequestId } from "#ledger/call-record.ts";

export type UnmeteredRequest = {
  method: string;
  path: string;
  rawHeaders: readonly string[];
  body: Buffer | null;
  credential: UpstreamCredential;
  response: ServerResponse;
};

/** Passes on what costs nothing (token counts, the list of models): no budget, no journal, no ledger. */
export function passUnmetered(gateway: Gateway, request: UnmeteredRequest): void {
  const { response, credential } = request;
  const requestId = toRequestId(uuidv7());
  const forwarding = gateway.upstream.forward({
    method: request.method,
    path: request.path,
    headers: toUpstreamHeaders(request.rawHeaders, credential),
    body: request.body,
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
  response.on("close", () => {
    if (!response.writableFinished) forwarding.abort();
  });
}
