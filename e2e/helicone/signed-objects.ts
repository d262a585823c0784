import { createHmac } from "node:crypto";

import { type Exchange, type Sent, sendPage } from "./exchange.ts";
import type { StandInState } from "./stand-in-state.ts";

const SECRET = "minioadmin";

/** The address of a body: the path and the host are signed, so both have to arrive as they are. */
export function signedUrl({ settings }: StandInState, path: string): string {
  const base = settings.objectsPublicUrl ?? "";
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
    "X-Amz-Credential": `minioadmin/${date.slice(0, 8)}/us-west-2/s3/aws4_request`,
    "X-Amz-Date": date,
    "X-Amz-Expires": "86400",
    "X-Amz-Signature": signature({ host: new URL(base).host, path, date }),
    "X-Amz-SignedHeaders": "host",
    "x-amz-checksum-mode": "ENABLED",
    "x-id": "GetObject",
  });
  return `${base}${path}?${query.toString()}`;
}

/** Answers one request to the object store. */
export function answerObjects(state: StandInState, exchange: Exchange): Sent {
  const { path, query, headers, response, method } = exchange;
  if (path === "/minio/health/live") return response.writeHead(200).end();
  const wanted = signature({ host: headers.host ?? "", path, date: query.get("X-Amz-Date") ?? "" });
  if (query.get("X-Amz-Signature") !== wanted) return sendXmlError(exchange, 403, "SignatureDoesNotMatch");
  const body = state.objects.get(path);
  if (method !== "GET" || body === undefined) return sendXmlError(exchange, 404, "NoSuchKey");
  const cors = headers.origin === undefined ? {} : { "access-control-allow-origin": headers.origin };
  response.writeHead(200, {
    ...cors,
    "content-type": "application/octet-stream",
    "content-length": Buffer.byteLength(body),
  });
  return response.end(body);
}

function sendXmlError({ response }: Exchange, status: number, code: string): Sent {
  return sendPage(response, status, `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
}

function signature(signed: { host: string; path: string; date: string }): string {
  return createHmac("sha256", SECRET).update(`${signed.host}\n${signed.path}\n${signed.date}`).digest("hex");
}
