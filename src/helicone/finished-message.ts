import { createParser } from "eventsource-parser";

/** A JSON object that came from outside; every field read from it is checked again. */
export type JsonObject = Record<string, unknown>;

/**
 * The message that an answer amounts to, whether it came as JSON or as a stream: text, thinking and tool input put together,
 * with the last usage and stop reason that were told. A stream that was cut gives the message as far as it came; a stream
 * that ended in an error before its message began gives the error. Null: it is neither. Pure, and never throws.
 */
export function finishedMessage(answer: string): JsonObject | null {
  const trimmed = answer.trimStart();
  return trimmed.startsWith("{") ? parseObject(trimmed) : messageOfStream(answer);
}

type Block = { content: JsonObject; inputJson: string };
type Assembly = { message: JsonObject | null; blocks: Map<number, Block>; error: JsonObject | null };

function messageOfStream(text: string): JsonObject | null {
  const assembly: Assembly = { message: null, blocks: new Map(), error: null };
  const parser = createParser({
    onEvent({ data }) {
      const event = parseObject(data);
      const kind = typeof event?.type === "string" ? event.type : "";
      if (event !== null && Object.hasOwn(APPLY, kind)) APPLY[kind]?.(assembly, event);
    },
  });
  parser.feed(text);
  parser.feed("\n\n");
  const { message, blocks, error } = assembly;
  if (message === null) return error;
  const content = [...blocks].toSorted(([one], [other]) => one - other).map(([, block]) => finishedBlock(block));
  return { ...message, content };
}

const APPLY: Record<string, (assembly: Assembly, event: JsonObject) => void> = {
  message_start(assembly, event) {
    assembly.message = objectOf(event.message);
  },
  content_block_start({ blocks }, event) {
    const content = objectOf(event.content_block);
    if (content !== null && typeof event.index === "number") {
      blocks.set(event.index, { content: { ...content }, inputJson: "" });
    }
  },
  content_block_delta({ blocks }, event) {
    const block = typeof event.index === "number" ? blocks.get(event.index) : undefined;
    const delta = objectOf(event.delta);
    if (block !== undefined && delta !== null) extend(block, delta);
  },
  message_delta({ message }, event) {
    if (message === null) return;
    Object.assign(message, objectOf(event.delta));
    // Counts are cumulative, and what is not told again still holds.
    const told = Object.entries(objectOf(event.usage) ?? {}).filter(([, count]) => count !== null);
    message.usage = { ...objectOf(message.usage), ...Object.fromEntries(told) };
  },
  error(assembly, event) {
    assembly.error = event;
  },
};

function extend(block: Block, delta: JsonObject): void {
  const { content } = block;
  switch (delta.type) {
    case "text_delta":
      content.text = textOf(content.text) + textOf(delta.text);
      break;
    case "thinking_delta":
      content.thinking = textOf(content.thinking) + textOf(delta.thinking);
      break;
    case "signature_delta":
      content.signature = delta.signature;
      break;
    case "citations_delta":
      content.citations = [...(Array.isArray(content.citations) ? content.citations : []), delta.citation];
      break;
    case "input_json_delta":
      block.inputJson += textOf(delta.partial_json);
      break;
  }
}

/** Input that was cut off in the middle is no JSON; it is kept as the text it is. */
function finishedBlock({ content, inputJson }: Block): JsonObject {
  if (inputJson === "") return content;
  return { ...content, input: parseObject(inputJson) ?? { incomplete_json: inputJson } };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The object that a text is as JSON; null when it is none. */
export function parseObject(text: string): JsonObject | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null; // whoever asks has something else to say then
  }
}

function objectOf(value: unknown): JsonObject | null {
  // The one place where parsed JSON becomes readable.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}
