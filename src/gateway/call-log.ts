import type { HeliconeDue, LogContent } from "#domain/helicone-log.ts";
import type { HeliconeSight } from "#gateway/message-way.ts";
import type { BodyRecording } from "#helicone/body-spool.ts";

/** Keeps what Helicone is told of one call after its end, if it is told anything. Nothing of it throws or waits. */
export type CallLog = {
  /** The head of the answer is here, and what Helicone has seen of the call so far is known. */
  begin(sight: HeliconeSight): void;
  /** Keeps a piece of the answer, where answers are told. */
  answer(chunk: Buffer): void;
  /** The call is over. What is to be noted with it, so that Helicone hears of it; null: nothing. */
  end(sight: HeliconeSight): HeliconeDue | null;
};

/** Where bodies are kept, and of whose calls. */
export type BodyKeeper = {
  contentOf(agentId: number): LogContent;
  record(id: string, request: Buffer): BodyRecording;
};

const NOTHING: CallLog = { begin: () => undefined, answer: () => undefined, end: () => null };

/** `keeper` null: Helicone is off. The request is held until the answer's head shows whether it is to be kept. */
export function logCall(keeper: BodyKeeper | null, call: { id: string; agentId: number }, request: Buffer): CallLog {
  if (keeper === null) return NOTHING;
  const content = keeper.contentOf(call.agentId);
  let held = content === "metadata" ? null : request;
  let recording: BodyRecording | null = null;
  return {
    begin(sight) {
      if (held !== null && sight === "none") recording = keeper.record(call.id, held);
      held = null;
    },
    answer: (chunk) => recording?.answer(chunk),
    end(sight) {
      recording?.end();
      held = null;
      // Without an answer there was nothing to keep: its request alone is not told.
      if (recording !== null) return content;
      if (sight === "none") return "metadata";
      return sight === "unsure" ? "ask-first" : null;
    },
  };
}
