import type { IncomingMessage } from "node:http";
import { MESSAGE_TOO_LONG } from "#agent-server/chat-request.ts";
import { parseJson } from "#agent-server/json-value.ts";
import { CHAT_BODY_BYTES_MAX } from "#domain/chat-limits.ts";

/** So much more is read and thrown away, since a caller who is cut off while sending sees no answer. */
const DISCARDED_BYTES_MAX = 64 * 1024 * 1024;

export type BodyProblem = { status: 400 | 413; problem: string };

/** The JSON value a request carries, or why there is none. Rejects when the caller leaves while still sending. */
export async function readJsonBody(request: IncomingMessage): Promise<{ value: unknown } | BodyProblem> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes <= CHAT_BODY_BYTES_MAX) chunks.push(chunk);
    else chunks = [];
    if (bytes > DISCARDED_BYTES_MAX) break;
  }
  if (bytes > CHAT_BODY_BYTES_MAX) {
    return { status: 413, problem: MESSAGE_TOO_LONG };
  }
  const value = parseJson(Buffer.concat(chunks).toString("utf8"));
  return value === undefined ? { status: 400, problem: "The request's body is not valid JSON." } : { value };
}
