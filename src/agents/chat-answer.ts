import { z } from "zod";

/** What an agent's server answers: Trinity's shape, read loosely, since its versions add fields. */
export type ChatAnswer = {
  response: string;
  /** Newest servers put Claude Code's own messages here, older ones a list of tool calls. */
  executionLog: unknown[];
  metadata: Record<string, unknown>;
  session: Record<string, unknown>;
  timestamp: string | null;
  /** What the agent's server knows of its queue. Null: it does not say. */
  wasQueued: boolean | null;
  /** When the agent began to work on the message, by its own clock. Null: it does not say. */
  workedFrom: Date | null;
};

/** Something the agent did on the way to its answer. */
export type ToolUse = {
  id: string;
  tool: string;
  state: "started" | "succeeded" | "failed";
  durationMs: number | null;
};

const looseObject = z.record(z.string(), z.unknown()).catch({});
const looseList = z.array(z.unknown()).catch([]);

const answer = z.object({
  response: z.string(),
  execution_log: looseList,
  execution_log_simplified: z.array(z.unknown()).optional().catch(undefined),
  metadata: looseObject,
  session: looseObject,
  timestamp: z.string().nullable().catch(null),
  execution: z
    .object({ was_queued: z.boolean().nullable().catch(null), started_at: z.iso.datetime().nullable().catch(null) })
    .catch({ was_queued: null, started_at: null }),
});

const entry = z.object({
  id: z.string().catch(""),
  type: z.enum(["tool_use", "tool_result"]),
  tool: z.string().max(200).catch("a tool"),
  success: z.boolean().nullable().catch(null),
  duration_ms: z.number().nullable().catch(null),
});

/** Reads an answer of any generation; null when there is no answer in it. Of two logs, the list of tool calls is taken. */
export function parseChatAnswer(json: unknown): ChatAnswer | null {
  const parsed = answer.safeParse(json);
  if (!parsed.success) return null;
  const { response, metadata, session, timestamp, execution_log, execution_log_simplified, execution } = parsed.data;
  return {
    response,
    metadata,
    session,
    timestamp,
    executionLog: execution_log_simplified ?? execution_log,
    wasQueued: execution.was_queued,
    workedFrom: execution.started_at === null ? null : new Date(execution.started_at),
  };
}

/** The conversation that the turn belonged to, which its calls in the ledger name too; null when it was not said. */
export function sessionIdOf({ metadata }: ChatAnswer): string | null {
  const { session_id: id } = metadata;
  return typeof id === "string" && /^[\w-]{1,100}$/.test(id) ? id : null;
}

/** Reads an entry of the execution log; null for what is no use of a tool. */
export function parseToolUse(json: unknown): ToolUse | null {
  const parsed = entry.safeParse(json);
  if (!parsed.success) return null;
  const { id, type, tool, success, duration_ms: durationMs } = parsed.data;
  if (type === "tool_use") return { id, tool, state: "started", durationMs: null };
  return { id, tool, state: success === false ? "failed" : "succeeded", durationMs };
}

const rawBlock = z.object({ type: z.literal("tool_use"), id: z.string().catch(""), name: z.string().max(200) });
const rawMessage = z.object({ message: z.object({ content: z.array(z.unknown()) }) });

/** What the agent did, by the log of its answer: a list of tool calls, or Claude Code's own messages. */
export function toolUsesOf({ executionLog }: ChatAnswer): ToolUse[] {
  return executionLog.flatMap((item) => {
    const simple = parseToolUse(item);
    if (simple !== null) return [simple];
    const message = rawMessage.safeParse(item);
    if (!message.success) return [];
    return message.data.message.content.flatMap((block): ToolUse[] => {
      const call = rawBlock.safeParse(block);
      return call.success ? [{ id: call.data.id, tool: call.data.name, state: "started", durationMs: null }] : [];
    });
  });
}
