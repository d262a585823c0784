import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { constants, createGzip, gzipSync } from "node:zlib";

import { errorBody } from "./error-answer.ts";
import type { Message } from "./message-answer.ts";
import { encodeEvent, jsonMessage, messageEvents } from "./message-events.ts";
import type { Script } from "./script.ts";

/** One answer in the making. `signal` fires when the caller has gone. */
export type Answer = {
  response: ServerResponse;
  headers: Record<string, string>;
  requestId: string;
  signal: AbortSignal;
};

type Sink = { write: (bytes: Buffer) => Promise<void>; end: () => void };

const ERROR_EVENT = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };

/** Answers with an error in Anthropic's shape. */
export function sendError(answer: Answer, status: number, script: Script = {}): void {
  const retryAfter = script.retryAfter === undefined ? {} : { "retry-after": String(script.retryAfter) };
  const headers = { ...answer.headers, "content-type": "application/json", ...retryAfter, ...script.headers };
  const body = Buffer.from(errorBody(status, answer.requestId, script.message));
  answer.response.writeHead(status, { ...headers, "content-length": body.length }).end(body);
}

/** Answers with a JSON document. */
export function sendJson(answer: Answer, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  const headers = { ...answer.headers, "content-type": "application/json", "content-length": body.length };
  answer.response.writeHead(200, headers).end(body);
}

/** Answers with the message in one piece, with the script's delays and faults. */
export async function sendMessage(answer: Answer, message: Message, script: Script): Promise<void> {
  const plain = spoil(Buffer.from(JSON.stringify(jsonMessage(message, script))), script, '"text":"');
  const body = script.gzip === true ? gzipSync(plain) : plain;
  const encoding = script.gzip === true ? { "content-encoding": "gzip" } : {};
  await pause(script.headersDelayMs, answer.signal);
  answer.response.writeHead(200, {
    ...answer.headers,
    "content-type": "application/json",
    ...encoding,
    ...script.headers,
  });

  const sink = createSink(answer, { ...script, gzip: false });
  const isCut = script.cutAfterEvents !== undefined;
  if (!isCut && script.stallAfterEvents === undefined) {
    await sink.write(body);
    return sink.end();
  }
  await sink.write(body.subarray(0, body.length / 2));
  if (isCut) await destroyConnection(answer);
}

/** Streams the message as server-sent events, with the script's delays and faults. */
export async function streamMessage(answer: Answer, message: Message, script: Script): Promise<void> {
  await pause(script.headersDelayMs, answer.signal);
  const encoding = script.gzip === true ? { "content-encoding": "gzip" } : {};
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", ...encoding };
  answer.response.writeHead(200, { ...answer.headers, ...headers, ...script.headers });
  answer.response.flushHeaders();

  const sink = createSink(answer, script);
  const lineEnd = script.crlf === true ? "\r\n" : "\n";
  for (const [index, event] of messageEvents(message, script).entries()) {
    if (index === script.cutAfterEvents) return destroyConnection(answer);
    if (index === script.stallAfterEvents) return;
    if (index === script.errorAfterEvents) {
      await sink.write(encodeEvent(ERROR_EVENT, lineEnd));
      return sink.end();
    }
    if (event.type === "content_block_delta") await pause(script.chunkDelayMs, answer.signal);
    await sink.write(spoil(encodeEvent(event, lineEnd), script, '"text_delta","text":"'));
  }
  sink.end();
}

function createSink({ response, signal }: Answer, script: Script): Sink {
  const size = script.chunkBytes;
  const writeOut = async (bytes: Buffer): Promise<void> => {
    const step = size ?? bytes.length;
    for (let at = 0; at < bytes.length; at += step) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => response.write(bytes.subarray(at, at + step), () => resolve()));
    }
  };
  if (script.gzip !== true) return { write: writeOut, end: () => response.end() };

  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  gzip.pipe(response);
  const write = (bytes: Buffer) => new Promise<void>((resolve) => gzip.write(bytes, () => resolve()));
  return { write, end: () => gzip.end() };
}

/** Puts two bytes that no UTF-8 text contains behind the first occurrence of `anchor`. */
function spoil(bytes: Buffer, script: Script, anchor: string): Buffer {
  const at = script.brokenUtf8 === true ? bytes.indexOf(anchor) : -1;
  if (at === -1) return bytes;
  const border = at + anchor.length;
  return Buffer.concat([bytes.subarray(0, border), Buffer.from([0xc3, 0x28]), bytes.subarray(border)]);
}

async function destroyConnection({ response, signal }: Answer): Promise<void> {
  await pause(20, signal); // what was written before the cut shall arrive
  response.socket?.destroy();
}

async function pause(durationMs: number | undefined, signal: AbortSignal): Promise<void> {
  if (durationMs !== undefined && durationMs > 0) await sleep(durationMs, undefined, { signal });
}
