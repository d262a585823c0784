import { describe, expect, it } from "vitest";

import { finishedMessage } from "#helicone/finished-message.ts";

const usage = { input_tokens: 12, output_tokens: 1, cache_read_input_tokens: 1_000 };
const start = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-20250514",
    content: [],
    stop_reason: null,
    usage,
  },
};
const stop = [
  {
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 7, input_tokens: null },
  },
  { type: "message_stop" },
];
const block = (index: number, content: object, ...deltas: object[]) => [
  { type: "content_block_start", index, content_block: content },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];
const stream = (...events: { type: string }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
const text = (piece: string) => ({ type: "text_delta", text: piece });

describe("the message that a stream amounts to", () => {
  it("has text, thinking and tool input put together, the last usage and the stop reason", () => {
    const answer = stream(
      start,
      { type: "ping" },
      ...block(
        0,
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: "Let me " },
        { type: "thinking_delta", thinking: "see." },
        { type: "signature_delta", signature: "sig" },
      ),
      ...block(1, { type: "text", text: "" }, text("Hello "), text("wörld 🌍"), {
        type: "citations_delta",
        citation: { cited_text: "c" },
      }),
      ...block(
        2,
        { type: "tool_use", id: "t", name: "Bash", input: {} },
        { type: "input_json_delta", partial_json: "" },
        { type: "input_json_delta", partial_json: '{"command":"l' },
        { type: "input_json_delta", partial_json: 's"}' },
      ),
      ...block(3, { type: "tool_use", id: "u", name: "Now", input: {} }, { type: "of_the_future", it: 1 }),
      ...stop,
    );
    expect(finishedMessage(answer)).toEqual({
      ...start.message,
      content: [
        { type: "thinking", thinking: "Let me see.", signature: "sig" },
        { type: "text", text: "Hello wörld 🌍", citations: [{ cited_text: "c" }] },
        { type: "tool_use", id: "t", name: "Bash", input: { command: "ls" } },
        { type: "tool_use", id: "u", name: "Now", input: {} },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 12, output_tokens: 7, cache_read_input_tokens: 1_000 },
    });
  });

  it("goes as far as the stream came, with input that was cut kept as text", () => {
    const whole = stream(
      start,
      ...block(0, { type: "text", text: "" }, text("Half")),
      ...block(
        1,
        { type: "tool_use", id: "t", name: "B", input: {} },
        { type: "input_json_delta", partial_json: '{"a":' },
      ),
    );
    expect(finishedMessage(whole.slice(0, -5))).toMatchObject({
      content: [
        { type: "text", text: "Half" },
        { type: "tool_use", input: { incomplete_json: '{"a":' } },
      ],
      stop_reason: null,
      usage,
    });
  });

  it("is the error where the stream says nothing else, and nothing where it says nothing at all", () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    expect(finishedMessage(stream(error))).toEqual(error);
    expect(finishedMessage("")).toBeNull();
    expect(finishedMessage("data: {broken\n\nevent: x\ndata: 5\n\n")).toBeNull();
    expect(finishedMessage(stream(...block(0, { type: "text", text: "" }, text("lost"))))).toBeNull();
  });
});

describe("an answer in one piece", () => {
  it("is the message itself; what is no JSON object is none", () => {
    expect(finishedMessage('\n {"type":"message","content":[]}')).toEqual({ type: "message", content: [] });
    expect(finishedMessage('{"type":"mess')).toBeNull();
    expect(finishedMessage("<html>")).toBeNull();
  });
});
