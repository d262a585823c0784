import type { ChatAnswer } from "#agents/chat-answer.ts";

/** The answer as Trinity's clients expect it. */
export function toAnswerBody(answer: ChatAnswer, turnId: string) {
  return {
    response: answer.response,
    execution_log: answer.executionLog,
    metadata: answer.metadata,
    session: answer.session,
    timestamp: answer.timestamp,
    execution: { id: turnId, queue_status: "running", was_queued: false },
  };
}
