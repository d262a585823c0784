import type { ContentBlock, Message } from "./message-answer.ts";
import type { Usage } from "./prompt-usage.ts";
import type { Script } from "./script.ts";

export type StreamEvent = { type: string } & Record<string, unknown>;

const CHARACTERS_PER_DELTA = 24;

/** The message as the API answers it in one piece, with the script's usage. */
export function jsonMessage(message: Message, script: Script): Record<string, unknown> {
  return { ...withoutUsage(message), ...usageField(script.usage, message.usage) };
}

/** The message as the sequence of events that the API streams, a ping after the first block's start included. */
export function messageEvents(message: Message, script: Script): StreamEvent[] {
  const start = { ...message, content: [], stop_reason: null };
  const startUsage = script.startUsage === undefined ? script.usage : script.startUsage;
  const blocks = message.content.flatMap((block, index) => blockEvents(block, index, script));
  return [
    {
      type: "message_start",
      message: { ...withoutUsage(start), ...usageField(startUsage, { ...message.usage, output_tokens: 1 }) },
    },
    ...blocks.slice(0, 1),
    { type: "ping" },
    ...blocks.slice(1),
    ...deltaEvents(message, script),
    { type: "message_stop" },
  ];
}

/** One event as it goes over the wire. */
export function encodeEvent(event: StreamEvent, lineEnd: "\n" | "\r\n"): Buffer {
  return Buffer.from(`event: ${event.type}${lineEnd}data: ${JSON.stringify(event)}${lineEnd}${lineEnd}`);
}

function deltaEvents(message: Message, script: Script): StreamEvent[] {
  const count = Math.max(1, script.deltas ?? 1);
  const scripted = script.deltaUsage === undefined ? script.usage : script.deltaUsage;
  return Array.from({ length: count }, (_, index) => {
    const isLast = index === count - 1;
    const output = Math.ceil((message.usage.output_tokens * (index + 1)) / count);
    return {
      type: "message_delta",
      delta: { stop_reason: isLast ? message.stop_reason : null, stop_sequence: null },
      ...usageField(scripted, cumulativeUsage({ ...message.usage, output_tokens: output })),
    };
  });
}

/** The closing counts of a stream; the split of cache writes is told at the start only. */
function cumulativeUsage(usage: Usage): Record<string, unknown> {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens, server_tool_use } = usage;
  const counts = { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens };
  return server_tool_use === undefined ? counts : { ...counts, server_tool_use };
}

function usageField(scripted: unknown, derived: unknown): { usage?: unknown } {
  if (scripted === "missing") return {};
  return { usage: scripted === undefined ? derived : scripted };
}

function withoutUsage<T extends { usage: unknown }>({ usage: _, ...rest }: T): Omit<T, "usage"> {
  return rest;
}

function blockEvents(block: ContentBlock, index: number, script: Script): StreamEvent[] {
  return [
    { type: "content_block_start", index, content_block: emptyBlock(block) },
    ...blockDeltas(block, script).map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

function emptyBlock(block: ContentBlock): unknown {
  switch (block.type) {
    case "text":
      return { ...block, text: "" };
    case "thinking":
      return { ...block, thinking: "", signature: "" };
    case "tool_use":
    case "server_tool_use":
      return { ...block, input: {} };
    case "web_search_tool_result":
      return block;
  }
}

function blockDeltas(block: ContentBlock, script: Script): Record<string, string>[] {
  switch (block.type) {
    case "text":
      return splitText(block.text, script.chunks).map((text) => ({ type: "text_delta", text }));
    case "thinking":
      return [
        ...splitText(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "tool_use":
    case "server_tool_use":
      return ["", ...splitText(JSON.stringify(block.input))].map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      }));
    case "web_search_tool_result":
      return [];
  }
}

/** Pieces of about equal length. A character outside the basic plane is never torn apart: JSON could not carry it. */
function splitText(text: string, chunks?: number): string[] {
  const characters = Array.from(text);
  const size = Math.max(1, chunks === undefined ? CHARACTERS_PER_DELTA : Math.ceil(characters.length / chunks));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(""),
  );
}
