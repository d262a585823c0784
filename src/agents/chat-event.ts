import type { ChatAnswer, ToolUse } from "#agents/chat-answer.ts";
import type { ChatFailure } from "#agents/chat-failure.ts";

/**
 * A turn as it happens. Text of one `part` follows without a space, each part is a paragraph of its own; after a
 * `retry` the text from that part on is void. The last event is `answered` or `failed`.
 */
export type ChatEvent =
  | { type: "text"; part: number; text: string }
  | { type: "tool"; use: ToolUse }
  | { type: "retry"; part: number; waitMs: number }
  | LastEvent;

export type LastEvent = { type: "answered"; answer: ChatAnswer } | { type: "failed"; failure: ChatFailure };
