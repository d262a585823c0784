import type { IncomingMessage, ServerResponse } from "node:http";

import { parseJson } from "../anthropic/json.ts";

/** One request as it came, and where its answer goes. */
export type Exchange = {
  method: string;
  /** Path and query, as sent. */
  target: string;
  path: string;
  query: URLSearchParams;
  /** By lower-case name; repeated ones joined by a comma. */
  headers: Record<string, string>;
  body: string;
  json: unknown;
  request: IncomingMessage;
  response: ServerResponse;
};

/** The response, once it is answered: what gives one back has left nobody waiting. */
export type Sent = ServerResponse;

const EXPRESS_HEADERS = {
  "x-powered-by": "Express",
  vary: "Origin",
  "access-control-allow-credentials": "true",
};

/** Reads a request to its end. */
export async function receiveExchange(request: IncomingMessage, response: ServerResponse): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const target = request.url ?? "/";
  const url = new URL(target, "http://helicone");
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return {
    method: request.method ?? "GET",
    target,
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body,
    json: parseJson(body),
    request,
    response,
  };
}

/** Answers as jawn does: Express's headers, and the caller's origin let in. */
export function sendApi({ response, headers }: Exchange, status: number, value: unknown): Sent {
  const body = value === undefined ? "" : JSON.stringify(value);
  const origin = headers.origin === undefined ? {} : { "access-control-allow-origin": headers.origin };
  return response
    .writeHead(status, {
      ...EXPRESS_HEADERS,
      ...origin,
      ...(value !== undefined && { "content-type": "application/json; charset=utf-8" }),
      "content-length": Buffer.byteLength(body),
    })
    .end(body);
}

/** Answers as Express does when something was thrown: a page with the stack and paths of files. */
export function sendThrown({ response }: Exchange, status: number, message: string): Sent {
  const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Error</title>
</head>
<body>
<pre>${message}<br> &nbsp; &nbsp;at /app/valhalla/jawn/src/lib/proxy/ProxyForwarder.ts:38:54</pre>
</body>
</html>
`;
  return sendPage(response, status, page, EXPRESS_HEADERS);
}

/** Answers with a page. */
export function sendPage(
  response: ServerResponse,
  status: number,
  ...[page, headers = {}]: [page: string, headers?: Record<string, string>]
): Sent {
  return response
    .writeHead(status, {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "content-length": Buffer.byteLength(page),
    })
    .end(page);
}

/** The value of a cookie as it was sent, decoded. */
export function cookieOf(exchange: Exchange, name: string): string | undefined {
  const pairs = (exchange.headers.cookie ?? "").split(/;\s*/).map((pair) => pair.split("="));
  const value = pairs
    .find(([key]) => key === name)
    ?.slice(1)
    .join("=");
  return value === undefined ? undefined : decodeURIComponent(value);
}
