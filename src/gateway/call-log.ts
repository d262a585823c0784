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
  let held: Buffer | null = request;
  let recording: BodyRecording | null = null;
  let content: LogContent = "metadata";
  return {
    begin(sight) {
      if (held === null || sight !== "none") return;
      content = keeper.contentOf(call.agentId);
      if (content !== "metadata") recording = keeper.record(call.id, held);
      held = null;
    },
    answer: (chunk) => recording?.answer(chunk),
    end(sight) {
      held = null;
      recording?.end();
      if (recording !== null || sight === "none") return content;
      return sight === "unsure" ? "ask-first" : null;
    },
  };
}
