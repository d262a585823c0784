import { describe, expect, it } from "vitest";
import { turnMetadata } from "#agent-server/turn-metadata.ts";
import { createTurnReader } from "#agent-server/turn-reader.ts";
import { createSecretMask } from "#domain/secret-mask.ts";

const SESSION = "05dada38-247b-45a3-97de-52c81bb043d2";
const KEY = "tvk_abcdefghijklmnop";
const INIT = { type: "system", subtype: "init", session_id: SESSION, model: "claude-opus-5-5" };
const stream = (event: Record<string, unknown>, parent: string | null = null) => ({
  type: "stream_event",
  event,
  parent_tool_use_id: parent,
  session_id: SESSION,
});
const start = (id: string, parent: string | null = null) => stream({ type: "message_start", message: { id } }, parent);
const openText = (parent: string | null = null) =>
  stream({ type: "content_block_start", content_block: { type: "text", text: "" } }, parent);
const delta = (text: string, parent: string | null = null) =>
  stream({ type: "content_block_delta", delta: { type: "text_delta", text } }, parent);
const stop = stream({ type: "content_block_stop" });
const usage = { input_tokens: 3, cache_creation_input_tokens: 10, cache_read_input_tokens: 100, output_tokens: 7 };
const complete = stream({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage });
const assistant = (id: string, content: unknown[], rest = {}) => ({
  type: "assistant",
  message: { id, content },
  ...rest,
});
const toolUse = (id: string, input: unknown) => ({ type: "tool_use", id, name: "Bash", input });
const toolResult = (id: string, isError: boolean) => ({
  type: "user",
  message: { content: [{ type: "tool_result", tool_use_id: id, content: "secret output", is_error: isError }] },
});

function read(lines: Record<string, unknown>[]) {
  let steps = 0;
  const clock = () => {
    steps += 1;
    return new Date(Date.UTC(2026, 10, 24) + steps * 5);
  };
  const reader = createTurnReader(createSecretMask([KEY]), clock);
  const events = lines.flatMap((line) => reader.take(line));
  const texts = events.flatMap(({ type, data }) => (type === "text" ? [`${data.part}:${data.text}`] : []));
  return { record: reader.record, events, texts };
}

describe("what a turn says", () => {
  it("comes as it is written, each block a part of its own", () => {
    const { texts, record } = read([
      INIT,
      start("m1"),
      openText(),
      delta("one "),
      delta("two"),
      stop,
      assistant("m1", [{ type: "text", text: "one two" }]),
      complete,
      start("m2"),
      openText(),
      delta("three"),
      stop,
      complete,
    ]);
    expect(texts).toEqual(["1:one ", "1:two", "2:three"]);
    expect(record).toMatchObject({ sessionId: SESSION, model: "claude-opus-5-5", contextTokens: 120 });
  });

  it("leaves out thinking, subagents and error messages, and includes text that is not streamed", () => {
    const { texts, record } = read([
      INIT,
      start("m1"),
      stream({ type: "content_block_start", content_block: { type: "thinking" } }),
      stream({ type: "content_block_delta", delta: { type: "thinking_delta", thinking: "hm" } }),
      start("s1", "toolu_1"),
      openText("toolu_1"),
      delta("from a subagent", "toolu_1"),
      stream({ type: "message_delta", usage: { input_tokens: 9 } }, "toolu_1"),
      assistant("e1", [{ type: "text", text: "API Error: 402" }], { error: "unknown" }),
      assistant("c1", [{ type: "text", text: "Context: 12 %" }]),
    ]);
    expect(texts).toEqual(["1:Context: 12 %"]);
    expect(record.contextTokens).toBeNull();
  });

  it("hides the agent's key, also when it comes in pieces", () => {
    const { texts } = read([
      INIT,
      start("m1"),
      openText(),
      delta("key: tvk_abcd"),
      delta("efghijklmnop!"),
      delta(" t"),
      stop,
    ]);
    expect(texts).toEqual(["1:key: ", "1:[redacted]!", "1: ", "1:t"]);
  });

  it("is void from the message on that is asked for again", () => {
    const retry = { type: "system", subtype: "api_retry", attempt: 1, retry_delay_ms: 519.4, error_status: null };
    const { events } = read([
      INIT,
      start("m1"),
      openText(),
      delta("mine"),
      stop,
      complete,
      start("m2"),
      openText(),
      delta("half "),
      retry,
      start("m3"),
      openText(),
      delta("whole"),
      stop,
      complete,
      { ...retry, error_status: 529 },
    ]);
    expect(events).toEqual([
      { type: "text", data: { part: 1, text: "mine" } },
      { type: "text", data: { part: 2, text: "half " } },
      { type: "retry", data: { part: 2, attempt: 1, wait_ms: 519, status: null } },
      { type: "text", data: { part: 3, text: "whole" } },
      { type: "retry", data: { part: 4, attempt: 1, wait_ms: 519, status: 529 } },
    ]);
  });
});

describe("what a turn does", () => {
  it("is logged with times and success, without outputs or secrets", () => {
    const { record, events } = read([
      INIT,
      assistant("m1", [toolUse("t1", { command: `curl -H ${KEY}` }), toolUse("t2", { text: "x".repeat(9_000) })]),
      toolResult("t1", false),
      toolResult("t2", true),
      toolResult("unknown", false),
    ]);
    expect(record.toolCount).toBe(2);
    expect(record.entries).toHaveLength(5);
    expect(record.entries[0]).toEqual({
      id: "t1",
      type: "tool_use",
      tool: "Bash",
      input: { command: "curl -H [redacted]" },
      success: null,
      duration_ms: null,
      timestamp: "2026-11-24T00:00:00.005Z",
    });
    expect(record.entries[2]).toMatchObject({ type: "tool_result", tool: "Bash", success: true, duration_ms: 10 });
    expect(record.entries[3]).toMatchObject({ type: "tool_result", tool: "Bash", success: false });
    expect(record.entries[4]).toMatchObject({ tool: "unknown", duration_ms: null });
    expect(events.map((event) => event.data)).toEqual(record.entries);
    expect(JSON.stringify(record)).not.toMatch(/secret output|tvk_/);
    expect(JSON.stringify(record).length).toBeLessThan(4_000);
  });

  it("is kept in bounds when it is a lot", () => {
    const many = Array.from({ length: 3_000 }, (_, index) => toolUse(`t${index}`, {}));
    const { record } = read([INIT, assistant("m1", many)]);
    expect(record.entries).toHaveLength(1_000);
    expect(record.toolCount).toBe(3_000);
  });

  it("survives lines of any other kind", () => {
    const odd = [{}, { type: 7 }, { type: "assistant" }, { type: "user", message: { content: "text" } }];
    const streams = [{ type: "stream_event" }, stream({ type: "content_block_delta" }), { type: "system" }];
    expect(read([...odd, ...streams, assistant("m", ["x", null, { type: "tool_use" }])]).record.toolCount).toBe(1);
  });
});

describe("what a turn took", () => {
  const model = (costUSD: number) => ({
    inputTokens: 3,
    outputTokens: 76,
    cacheReadInputTokens: 5,
    cacheCreationInputTokens: 12,
    costUSD,
    contextWindow: 1_000_000,
  });
  const other = { ...model(0.001), contextWindow: 200_000 };
  const result = { type: "result", duration_ms: 308, num_turns: 2, total_cost_usd: 5, modelUsage: { all: model(5) } };
  const expected = { duration_ms: 308, num_turns: 2, session_id: SESSION, model: "claude-opus-5-5", tool_count: 0 };

  it("is of this turn alone and of all its models", () => {
    const since = { "claude-opus-5-5": model(0.06), "claude-haiku-4-5": other };
    const { record } = read([INIT, { ...result, model_usage_since_last_result: since }]);
    expect(turnMetadata(record, 0)).toEqual({
      ...expected,
      cost_usd: 0.061,
      input_tokens: 6,
      output_tokens: 152,
      cache_read_tokens: 10,
      cache_creation_tokens: 24,
      context_window: 1_000_000,
    });
  });

  it("is that of the whole process in versions that know no other", () => {
    const { record } = read([INIT, { ...result, modelUsage: { "claude-opus-4-8[1m]": model(0.07), small: other } }]);
    expect(turnMetadata(record, 0)).toMatchObject({ cost_usd: 0.071, input_tokens: 6, context_window: 1_000_000 });
  });

  it("is nothing for a command of Claude Code's own, and unknown when it does not say", () => {
    expect(turnMetadata(read([INIT, { ...result, modelUsage: {} }]).record, 0).cost_usd).toBe(0);
    const { modelUsage: _, ...silent } = result;
    expect(turnMetadata(read([INIT, silent]).record, 0)).toMatchObject({ cost_usd: null, context_window: 200_000 });
    expect(turnMetadata(read([INIT]).record, 1234.5)).toMatchObject({
      cost_usd: null,
      duration_ms: 1235,
      num_turns: null,
    });
  });
});
