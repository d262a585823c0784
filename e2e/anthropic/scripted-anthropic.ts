import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { parseJson, toObject } from "./json.ts";
import { composeMessage, makeId } from "./message-answer.ts";
import { modelList } from "./models.ts";
import { createPromptCache, promptTokens } from "./prompt-usage.ts";
import type { Script } from "./script.ts";
import { createScriptSource, type RecordedCall, type ScriptFunction } from "./script-source.ts";
import { type Answer, sendError, sendJson, sendMessage, streamMessage } from "./send-answer.ts";

export type ScriptedAnthropicOptions = {
  /** Default: 127.0.0.1. */
  host?: string;
  /** 0, the default: any free port. */
  port?: number;
  /** The credentials that are let in. Default: any that is not empty. */
  acceptedKeys?: readonly string[];
  /** Behaviour by request, where neither the request itself nor the queue says any. */
  decide?: ScriptFunction;
  /** Delays of answers whose script gives none, for a believable pace. Default: none. */
  pace?: { headersDelayMs: number; chunkDelayMs: number };
  /** Keeps at most this many calls; the oldest go first. Default 10,000. */
  callsMax?: number;
};

export type ScriptedAnthropic = {
  /** Base URL without a trailing slash, e.g. http://127.0.0.1:40123 */
  url: string;
  port: number;
  /** Every request so far, oldest first. */
  calls: RecordedCall[];
  /** Scripts for the next requests to /v1/messages, one each. */
  enqueue: (...scripts: Script[]) => void;
  /** Forgets calls, queue, counters and the prompt cache. */
  reset: () => void;
  close: () => Promise<void>;
};

type Context = {
  options: ScriptedAnthropicOptions;
  scripts: ReturnType<typeof createScriptSource>;
  cache: ReturnType<typeof createPromptCache>;
  /** How often each request came: a repeated one gets ids of its own. */
  seen: Map<string, number>;
};
type Exchange = { call: RecordedCall; body: unknown; seed: string; answer: Answer };

const BODY_BYTES_MAX = 32 * 1024 * 1024;
const REMEMBERED_REQUESTS_MAX = 20_000;
const MINUTE_MS = 60_000;

/** Starts a stand-in for the Anthropic API on 127.0.0.1 that answers plausibly, or as it is scripted. */
export async function startScriptedAnthropic(options: ScriptedAnthropicOptions = {}): Promise<ScriptedAnthropic> {
  const calls: RecordedCall[] = [];
  const context: Context = {
    options,
    scripts: createScriptSource(options.decide),
    cache: createPromptCache(),
    seen: new Map(),
  };
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    response.socket?.setNoDelay(true);
    void receive(request, response).then(
      async (call) => {
        calls.push(call);
        if (calls.length > (options.callsMax ?? 10_000)) calls.shift();
        await answerCall(context, call, response);
      },
      () => response.destroy(),
    ); // the caller left while it was still sending
  });
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve),
  );
  const { port } = server.address() as AddressInfo; // a TCP server that listens has an address
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    calls,
    enqueue: context.scripts.enqueue,
    reset() {
      calls.length = 0;
      context.scripts.reset();
      context.cache.clear();
      context.seen.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<RecordedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  const call: RecordedCall = {
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString(),
    outcome: "open",
  };
  response.on("finish", () => (call.outcome = "answered"));
  response.on("close", () => (call.outcome = response.writableFinished ? "answered" : "aborted"));
  return call;
}

async function answerCall(context: Context, call: RecordedCall, response: ServerResponse): Promise<void> {
  const digest = createHash("sha256").update(`${call.path} ${call.body}`).digest("base64");
  const ordinal = (context.seen.get(digest) ?? 0) + 1;
  if (context.seen.size >= REMEMBERED_REQUESTS_MAX) context.seen.clear();
  context.seen.set(digest, ordinal);
  const seed = `${digest} ${ordinal}`;
  const requestId = makeId("req_011C", seed);
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const headers = { "request-id": requestId, "anthropic-organization-id": "3f0f2c1e-7a55-4f0d-9b1c-5d1f6f0a9e42" };
  const answer: Answer = { response, headers, requestId, signal: gone.signal };
  try {
    await route(context, { call, body: parseJson(call.body), seed, answer });
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function route(context: Context, exchange: Exchange): Promise<void> {
  const { call, answer, body } = exchange;
  const { pathname } = new URL(call.path, "http://upstream");
  const refusal = credentialProblem(call, context.options.acceptedKeys);
  if (!pathname.startsWith("/v1/")) return sendError(answer, 404);
  if (refusal !== null) return sendError(answer, 401, { message: refusal });
  if (call.body.length > BODY_BYTES_MAX) return sendError(answer, 413);

  switch (`${call.method} ${pathname}`) {
    case "POST /v1/messages":
      return answerMessages(context, exchange);
    case "POST /v1/messages/count_tokens": {
      const problem = bodyProblem(body, ["model", "messages"]);
      return problem === null
        ? sendJson(answer, { input_tokens: promptTokens(body) })
        : sendError(answer, 400, { message: problem });
    }
    case "GET /v1/models":
      return sendJson(answer, modelList());
    default:
      return sendError(answer, 404);
  }
}

async function answerMessages(context: Context, { call, body, seed, answer }: Exchange): Promise<void> {
  const problem = bodyProblem(body, ["model", "max_tokens", "messages"]);
  if (problem !== null) return sendError(answer, 400, { message: problem });
  let script: Script;
  try {
    script = { ...context.options.pace, ...context.scripts.scriptFor(call, body) };
  } catch (error) {
    return sendError(answer, 400, { message: String(error) });
  }
  if (script.kind === "never") return;
  if (script.kind === "hangup") return void answer.response.socket?.destroy();
  if (script.kind === "error") return sendError(answer, script.status ?? 500, script);

  Object.assign(answer.headers, rateLimitHeaders(context.seen.size));
  const message = composeMessage({ body, seed }, script, context.cache.readAndWrite(body));
  const isStream = toObject(body).stream === true && script.asJson !== true;
  await (isStream ? streamMessage : sendMessage)(answer, message, script);
}

function credentialProblem({ headers }: RecordedCall, acceptedKeys: readonly string[] | undefined): string | null {
  const key = headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /i, "") ?? "";
  if (key === "") return "x-api-key header is required";
  return acceptedKeys === undefined || acceptedKeys.includes(key) ? null : "invalid x-api-key";
}

function bodyProblem(body: unknown, required: readonly string[]): string | null {
  if (body === undefined) return "The request body is not valid JSON";
  const missing = required.find((name) => toObject(body)[name] === undefined);
  return missing === undefined ? null : `${missing}: Field required`;
}

/** What the API tells of the organisation's limits; the remainders move, as they do there. */
function rateLimitHeaders(calls: number): Record<string, string> {
  const reset = new Date(Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS).toISOString();
  const windows = {
    requests: [4_000, 1],
    "input-tokens": [2_000_000, 9_000],
    "output-tokens": [400_000, 1_000],
    tokens: [2_400_000, 10_000],
  };
  return Object.fromEntries(
    Object.entries(windows).flatMap(([name, [limit = 0, step = 0]]) => [
      [`anthropic-ratelimit-${name}-limit`, String(limit)],
      [`anthropic-ratelimit-${name}-remaining`, String(limit - step * (1 + (calls % 50)))],
      [`anthropic-ratelimit-${name}-reset`, reset],
    ]),
  );
}
