import { BENCH_MODEL } from "./request-bodies.ts";

const TEXT_FRAMES = 14;
const TEXT = "I moved the check in front of the write, so nothing is stored when the input is refused. ";

/** What the bench's upstream says: made once, before the first call. */
export type UpstreamAnswers = {
  json: Buffer /** Server-sent events, one buffer each, 20 in all. */;
  frames: readonly Buffer[];
};

/** A message as Anthropic's API answers it, with realistic usage: whole, and as a stream. */
export function createUpstreamAnswers(): UpstreamAnswers {
  const message = {
    id: "msg_01BenchBenchBenchBenchBe",
    type: "message",
    role: "assistant",
    model: BENCH_MODEL,
    content: [{ type: "text", text: TEXT.repeat(TEXT_FRAMES) }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: usageWith(412),
  };
  return { json: Buffer.from(JSON.stringify(message)), frames: composeFrames(message) };
}

function usageWith(outputTokens: number) {
  return {
    input_tokens: 9,
    cache_creation_input_tokens: 2_310,
    cache_read_input_tokens: 47_206,
    cache_creation: { ephemeral_5m_input_tokens: 1_110, ephemeral_1h_input_tokens: 1_200 },
    output_tokens: outputTokens,
    service_tier: "standard",
  };
}

function composeFrames(message: object): Buffer[] {
  const events = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null, usage: usageWith(1) } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
    ...Array.from({ length: TEXT_FRAMES }, () => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: TEXT },
    })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: usageWith(412) },
    { type: "message_stop" },
  ];
  return events.map((event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
}
