import { createParser, type EventSourceMessage } from "eventsource-parser";
import { z } from "zod";

import { parseChatAnswer, parseToolUse, toolUsesOf } from "#agents/chat-answer.ts";
import type { ChatEvent, LastEvent } from "#agents/chat-event.ts";
import { deliveryFailure, garbledFailure, reportedFailure } from "#agents/chat-failure.ts";
import { type ChatDelivery, type ChatResponse, type DeliverChat, deliveryFailureOf } from "#agents/chat-transport.ts";
import { maskedChat } from "#agents/masked-chat.ts";
import { createSecretMask } from "#domain/secret-mask.ts";

type Answering = Exclude<ChatResponse, { failure: unknown }>;

const ANSWER_BYTES_MAX = 8 * 1024 * 1024;
const STREAM_BYTES_MAX = 64 * 1024 * 1024;

const textData = z.object({ part: z.number().int().min(0), text: z.string() });
const retryData = z.object({ part: z.number().int().min(0), wait_ms: z.number().catch(0) });
const errorData = z.object({ status: z.int().min(400).max(599) });

/**
 * One turn with an agent, without its secrets. Whatever its server does, the last event says what came of it: nothing
 * is thrown but the reason of the caller's own signal.
 */
export function talkToAgent(deliver: DeliverChat, delivery: ChatDelivery): AsyncGenerator<ChatEvent> {
  return maskedChat(turnWith(deliver, delivery), createSecretMask(delivery.endpoint.secrets ?? []));
}

async function* turnWith(deliver: DeliverChat, delivery: ChatDelivery): AsyncGenerator<ChatEvent> {
  const response = await deliver(delivery);
  delivery.signal.throwIfAborted();
  if ("failure" in response) {
    yield { type: "failed", failure: deliveryFailure(response.failure) };
    return;
  }
  try {
    const isStream = response.status === 200 && response.contentType.startsWith("text/event-stream");
    yield* isStream ? readStream(response) : readWhole(response);
  } catch (error) {
    delivery.signal.throwIfAborted();
    yield { type: "failed", failure: deliveryFailure(deliveryFailureOf(error)) };
  }
}

async function* readWhole(response: Answering): AsyncGenerator<ChatEvent> {
  const text = await readText(response.body);
  if (text === null) {
    yield { type: "failed", failure: garbledFailure("with more than 8 MB, which nobody can read") };
    return;
  }
  const json = toJson(text);
  if (response.status < 200 || response.status >= 300) {
    yield { type: "failed", failure: reportedFailure(response.status, json, response.retryAfterSeconds) };
    return;
  }
  const last = toAnswered(json);
  if (last.type === "answered") {
    for (const use of toolUsesOf(last.answer)) yield { type: "tool", use };
    if (last.answer.response !== "") yield { type: "text", part: 1, text: last.answer.response };
  }
  yield last;
}

async function* readStream(response: Answering): AsyncGenerator<ChatEvent> {
  const waiting: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => waiting.push(event) });
  const decoder = new TextDecoder();
  let [total, sinceEvent] = [0, 0];
  for await (const chunk of response.body) {
    total += chunk.byteLength;
    sinceEvent += chunk.byteLength;
    if (total > STREAM_BYTES_MAX || sinceEvent > ANSWER_BYTES_MAX) {
      yield { type: "failed", failure: garbledFailure("with more than anybody can read") };
      return;
    }
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (waiting.length > 0) sinceEvent = 0;
    for (const message of waiting.splice(0)) {
      const event = toEvent(message);
      if (event === null) continue;
      yield event;
      if (event.type === "answered" || event.type === "failed") return;
    }
  }
  yield { type: "failed", failure: deliveryFailure("cut") };
}

/** What is not known is passed over: a newer agent may tell more. */
function toEvent({ event, data }: EventSourceMessage): ChatEvent | null {
  const json = toJson(data);
  switch (event) {
    case "text": {
      const parsed = textData.safeParse(json);
      return parsed.success ? { type: "text", ...parsed.data } : null;
    }
    case "tool": {
      const use = parseToolUse(json);
      return use === null ? null : { type: "tool", use };
    }
    case "retry": {
      const parsed = retryData.safeParse(json);
      return parsed.success ? { type: "retry", part: parsed.data.part, waitMs: parsed.data.wait_ms } : null;
    }
    case "result":
      return toAnswered(json);
    case "error": {
      const status = errorData.safeParse(json).data?.status ?? 502;
      return { type: "failed", failure: reportedFailure(status, json, null) };
    }
    default:
      return null;
  }
}

function toAnswered(json: unknown): LastEvent {
  const answer = parseChatAnswer(json);
  return answer === null
    ? { type: "failed", failure: garbledFailure("with something that is no answer") }
    : { type: "answered", answer };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
