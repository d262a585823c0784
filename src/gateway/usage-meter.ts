import { createParser, type EventSourceMessage } from "eventsource-parser";

import { type TokenUsage, UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { mergeUsage, parseUsage } from "#domain/usage-parsing.ts";

/** What has been seen of an answer so far. */
export type Metered = {
  usage: TokenUsage;
  /** The model that answered, as the upstream names it. */
  model: string | null;
  /** Characters of text, thinking and tool input that were streamed; of JSON without a count of output, its bytes. */
  streamedCharacters: number;
  /** The answer has reached its end and its usage was reported with it. */
  isComplete: boolean;
  /** The type of the error that the upstream answered or ended with. */
  errorType: string | null;
};

export type UsageMeter = {
  /** Reads on. The bytes are only looked at, never kept beyond what one event needs. */
  feed(chunk: Buffer): void;
  /** Tells the meter that no more bytes come, after an orderly end of the answer. */
  end(): void;
  /** Tells the meter that no more bytes come, although the answer has not ended in order. */
  cut(): void;
  seen(): Metered;
};

/** An answer larger than this is not held to be metered; real ones stay far below. */
const JSON_BYTES_MAX = 64 * 1024 * 1024;
const OPEN_BRACE = 0x7b;

/**
 * Meters one answer from its bytes, JSON or a stream of server-sent events, told apart by the first byte: a
 * stream is asked for and JSON comes, and the content type is not always right. Never throws on bad bytes.
 */
export function createUsageMeter(): UsageMeter {
  let meter: UsageMeter | null = null;
  return {
    feed(chunk) {
      meter ??= meterFor(chunk);
      meter?.feed(chunk);
    },
    end() {
      meter?.end();
    },
    cut() {
      meter?.cut();
    },
    seen() {
      return meter?.seen() ?? nothingSeen();
    },
  };
}

/** Null while there is nothing but white space, which neither of them needs. */
function meterFor(chunk: Buffer): UsageMeter | null {
  const first = chunk.find((byte) => byte > 0x20);
  if (first === undefined) return null;
  return first === OPEN_BRACE ? createJsonMeter() : createStreamMeter();
}

function nothingSeen(): Metered {
  return { usage: UNREPORTED_USAGE, model: null, streamedCharacters: 0, isComplete: false, errorType: null };
}

function createJsonMeter(): UsageMeter {
  const seen = nothingSeen();
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Whether it was cut or not: what parses is whole, and a client may leave right after the last brace.
  const read = () => {
    const message = bytes <= JSON_BYTES_MAX ? parseObject(Buffer.concat(chunks).toString("utf8")) : null;
    chunks.length = 0;
    seen.model = stringOf(message?.model);
    seen.usage = parseUsage(message?.usage);
    seen.errorType = message?.type === "error" ? (stringOf(objectOf(message.error)?.type) ?? "unknown") : null;
    seen.isComplete = isReported(seen.usage);
    if (seen.usage.outputTokens === null) seen.streamedCharacters = bytes;
  };
  return {
    feed(chunk) {
      bytes += chunk.length;
      if (bytes <= JSON_BYTES_MAX) chunks.push(chunk);
    },
    end: read,
    cut: read,
    seen: () => seen,
  };
}

function createStreamMeter(): UsageMeter {
  const seen = nothingSeen();
  const decoder = new TextDecoder(); // broken UTF-8 becomes replacement characters, as in a browser
  let hasFinalUsage = false;
  const read: Record<string, (event: Record<string, unknown>) => void> = {
    message_start(event) {
      const message = objectOf(event.message);
      seen.model = stringOf(message?.model) ?? seen.model;
      seen.usage = mergeUsage(seen.usage, parseUsage(message?.usage));
    },
    content_block_delta(event) {
      const delta = objectOf(event.delta);
      const text = stringOf(delta?.text) ?? stringOf(delta?.thinking) ?? stringOf(delta?.partial_json) ?? "";
      seen.streamedCharacters += text.length;
    },
    message_delta(event) {
      // Counts are cumulative: a later one replaces an earlier one.
      const usage = parseUsage(event.usage);
      hasFinalUsage ||= usage.outputTokens !== null;
      seen.usage = mergeUsage(seen.usage, usage);
    },
    message_stop() {
      seen.isComplete = hasFinalUsage && isReported(seen.usage);
    },
    error(event) {
      seen.errorType = stringOf(objectOf(event.error)?.type) ?? "unknown";
    },
  };
  const parser = createParser({
    onEvent(message: EventSourceMessage) {
      const event = parseObject(message.data);
      const kind = stringOf(event?.type) ?? message.event;
      if (event !== null && kind !== undefined && Object.hasOwn(read, kind)) read[kind]?.(event);
    },
  });
  return {
    feed(chunk) {
      parser.feed(decoder.decode(chunk, { stream: true }));
    },
    end() {
      parser.feed("\n\n");
      // Clients accept a stream without `message_stop`; what matters is that it ended in order.
      if (seen.errorType === null) seen.isComplete = hasFinalUsage && isReported(seen.usage);
    },
    cut: () => undefined, // each event has been read as it came
    seen: () => seen,
  };
}

function isReported(usage: TokenUsage): boolean {
  return usage.inputTokens !== null && usage.outputTokens !== null;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null; // not ours to judge: the bytes go to the agent as they are
  }
}

function objectOf(value: unknown): Record<string, unknown> | null {
  // The one place where parsed JSON becomes readable; every field read from it is checked again.
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

function stringOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, 1_000_000) : null;
}
