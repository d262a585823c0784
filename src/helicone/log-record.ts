import { type LogContent, lesserContent } from "#domain/helicone-log.ts";
import type { TokenUsage } from "#domain/token-usage.ts";
import { heliconeHeaders, type TaggedCall } from "#helicone/call-tags.ts";
import { finishedMessage, type JsonObject, parseObject } from "#helicone/finished-message.ts";
import { redactJson } from "#helicone/redact-secrets.ts";

/** A finished call as the ledger has it, with the tags of its agent from when it was admitted. */
export type LoggedCall = TaggedCall & {
  admittedAt: Date;
  model: string;
  requestedModel: string | null;
  errorType: string | null;
  outcome: "completed" | "incomplete" | "failed";
  /** Null: nothing came back. */
  status: number | null;
  latencyMs: number | null;
  firstByteMs: number | null;
  isStreamed: boolean;
  usage: CountedUsage;
};

type CountedUsage = Pick<
  TokenUsage,
  | "inputTokens"
  | "outputTokens"
  | "cacheReadInputTokens"
  | "cacheCreation5mInputTokens"
  | "cacheCreation1hInputTokens"
  | "webSearchRequests"
>;

/** What went out and came back, as text. An answer may be a stream, and may have been cut. */
export type CallBodies = { request: string; answer: string };

/** What may be told of the call: as promised when it began, and as it holds now. */
export type LogPermission = { promised: LogContent; now: LogContent };

/** The body of `POST /v1/trace/custom/v1/log`. */
export type LogRecord = {
  provider: "ANTHROPIC";
  providerRequest: { url: string; json: JsonObject; meta: Record<string, string> };
  providerResponse: { json: JsonObject; status: number; headers: Record<string, string> };
  timing: { startTime: Instant; endTime: Instant; timeToFirstToken?: number };
};

type Instant = { seconds: number; milliseconds: number };

/** Helicone's own sign for an answer that was given up. */
const CANCELLED = -3;
const MESSAGES_URL = "https://api.anthropic.com/v1/messages";
/** Stands where a text would; a message without any is shown as a fault. */
const NOT_LOGGED = "[not logged]";

/**
 * What Helicone is told of a finished call: the request, the message that its answer amounts to, with the ledger's counts,
 * and whose it was. Without bodies, or where they may not be told, their texts are left out. Counts that nobody knows are
 * left out too. Pure, and total.
 */
export function toLogRecord(
  call: LoggedCall,
  bodies: CallBodies | null,
  { permission, writeKey }: { permission: LogPermission; writeKey: string },
): LogRecord {
  const content = lesserContent(permission.promised, permission.now);
  const texts = content === "metadata" || bodies === null ? null : readTexts(bodies, content);
  return {
    provider: "ANTHROPIC",
    providerRequest: { url: MESSAGES_URL, json: texts?.request ?? requestOf(call), meta: metaOf(call, writeKey) },
    providerResponse: { json: answerOf(call, texts?.answer ?? null), status: call.status ?? CANCELLED, headers: {} },
    timing: timingOf(call),
  };
}

type Texts = { request: JsonObject | null; answer: JsonObject | null };

function readTexts({ request, answer }: CallBodies, content: LogContent): Texts {
  const texts = { request: parseObject(request), answer: finishedMessage(answer) };
  if (content === "full") return texts;
  return { request: redacted(texts.request), answer: redacted(texts.answer) };
}

function redacted(value: JsonObject | null): JsonObject | null {
  return value === null ? null : (redactJson(value) as JsonObject); // an object stays one
}

function requestOf(call: LoggedCall): JsonObject {
  const messages = [{ role: "user", content: NOT_LOGGED }];
  return { model: call.requestedModel ?? call.model, stream: call.isStreamed, messages };
}

function answerOf(call: LoggedCall, answer: JsonObject | null): JsonObject {
  if (call.outcome === "failed") return answer ?? errorOf(call);
  const message = answer ?? {
    id: `msg_${call.id.replaceAll("-", "")}`,
    type: "message",
    role: "assistant",
    content: [{ type: "text", text: NOT_LOGGED }],
  };
  const usage = { ...(message.usage as JsonObject | undefined), ...toWireUsage(call.usage) }; // spread takes whatever it is
  return { ...message, model: call.model, usage };
}

function errorOf({ errorType }: LoggedCall): JsonObject {
  return { type: "error", error: { type: errorType ?? "unknown", message: NOT_LOGGED } };
}

/** Helicone counts both kinds of cache writes as one. */
function toWireUsage(usage: CountedUsage): JsonObject {
  const { cacheCreation5mInputTokens: fiveMinutes, cacheCreation1hInputTokens: oneHour } = usage;
  const written = fiveMinutes === null && oneHour === null ? null : (fiveMinutes ?? 0) + (oneHour ?? 0);
  const counts = {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_input_tokens: usage.cacheReadInputTokens,
    cache_creation_input_tokens: written,
    cache_creation:
      written === null
        ? null
        : { ephemeral_5m_input_tokens: fiveMinutes ?? 0, ephemeral_1h_input_tokens: oneHour ?? 0 },
    server_tool_use: usage.webSearchRequests === null ? null : { web_search_requests: usage.webSearchRequests },
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== null));
}

/** The same headers as those of a call that goes through it; and how it ended, where that was not as it should be. */
function metaOf(call: LoggedCall, writeKey: string): Record<string, string> {
  const flat = heliconeHeaders(call, writeKey);
  const headers = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ""]] : []));
  const meta: Record<string, string> = Object.fromEntries(headers);
  return call.outcome === "completed" ? meta : { ...meta, "Helicone-Property-Outcome": call.outcome };
}

function timingOf({ admittedAt, latencyMs, firstByteMs }: LoggedCall): LogRecord["timing"] {
  const startMs = admittedAt.getTime();
  const timing = { startTime: toInstant(startMs), endTime: toInstant(startMs + (latencyMs ?? 0)) };
  return firstByteMs === null ? timing : { ...timing, timeToFirstToken: firstByteMs };
}

function toInstant(atMs: number): Instant {
  return { seconds: Math.floor(atMs / 1_000), milliseconds: atMs % 1_000 };
}
