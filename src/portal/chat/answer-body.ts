import type { ChatAnswer } from "#agents/chat-answer.ts";

/** The answer as Trinity's clients expect it. Whether it waited in the agent's queue is null where the agent does not say. */
export function toAnswerBody(answer: ChatAnswer, turnId: string) {
  return {
    response: answer.response,
    execution_log: answer.executionLog,
    metadata: answer.metadata,
    session: answer.session,
    timestamp: answer.timestamp,
    execution: { id: turnId, queue_status: queueStatus(answer), was_queued: answer.wasQueued },
  };
}

/** How the message was received: Trinity's words. */
function queueStatus({ wasQueued }: ChatAnswer): "queued" | "running" | null {
  if (wasQueued === null) return null;
  return wasQueued ? "queued" : "running";
}
