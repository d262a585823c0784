import type { IncomingHttpHeaders } from "node:http";

import { request } from "undici";

import type { Script } from "../../e2e/anthropic/script.ts";
import { messageBody } from "../../e2e/anthropic/upstream-client.ts";

export type Asking = {
  key?: string;
  headers?: Record<string, string | string[]>;
  /** What the scripted upstream does with it. */
  script?: Script;
  /** Fields on top of a small valid message; or the body itself, as text or bytes. */
  body?: string | Buffer | Record<string, unknown>;
  /** Default: /v1/messages */
  path?: string;
  signal?: AbortSignal;
};

/** An answer as it came: nothing is decompressed. */
export type Answer = { status: number; headers: IncomingHttpHeaders; bytes: Buffer; text: string };

/** Posts one message to the gateway (or the upstream itself) at `url`, and reads the whole answer. Rejects when it is cut. */
export async function ask(url: string, asking: Asking = {}): Promise<Answer> {
  const { key, script, body, headers, path = "/v1/messages", signal } = asking;
  const response = await request(url + path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(script === undefined ? {} : { "x-script": toHeader(script) }),
      ...headers,
    },
    body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(messageBody(body)),
    signal,
  });
  const bytes = Buffer.from(await response.body.arrayBuffer());
  return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString("utf8") };
}

/** A script as the value of a header: JSON in ASCII alone. */
export function toHeader(script: Script): string {
  return JSON.stringify(script).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** An error in Anthropic's shape; anything else is told by its difference. */
export function errorIn(text: string): { type: string; errorType: string; message: string; requestId: string } {
  const parsed: unknown = JSON.parse(text);
  const { type, error, request_id: requestId } = Object(parsed);
  return { type, errorType: Object(error).type, message: Object(error).message, requestId };
}

/** The ledger's id of the answer that carries this `request-id`. */
export function idOf(answer: Answer): string {
  const [, ...parts] = /^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(String(answer.headers["request-id"])) ?? [];
  return parts.join("-");
}
