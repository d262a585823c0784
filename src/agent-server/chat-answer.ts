/**
 * What `POST /api/chat` answers: Trinity's shape, whose names are snake_case and whose money is US dollars. Costs are
 * Claude Code's own estimate; the ledger says what was really spent.
 */
export type ChatAnswer = {
  /** The last thing the agent said. */
  response: string;
  execution_log: ExecutionEntry[];
  metadata: TurnMetadata;
  session: SessionSummary;
  timestamp: string;
  /** Whether the message had to wait for others, and when the agent began to work on it. */
  execution: { was_queued: boolean; started_at: string };
};

/** A tool that was called, or what came of it. `input` is shortened; results are told by their success only. */
export type ExecutionEntry = {
  id: string;
  type: "tool_use" | "tool_result";
  tool: string;
  input: unknown;
  success: boolean | null;
  duration_ms: number | null;
  timestamp: string;
};

/** One turn, all models and subagents together. Null: Claude Code did not say. */
export type TurnMetadata = {
  cost_usd: number | null;
  duration_ms: number;
  num_turns: number | null;
  tool_count: number;
  session_id: string | null;
  model: string | null;
  input_tokens: number;
  output_tokens: number;
  cache_creation_tokens: number;
  cache_read_tokens: number;
  context_window: number;
};

/** The conversation so far, since the last new beginning. */
export type SessionSummary = {
  total_cost_usd: number;
  context_tokens: number;
  context_window: number;
  message_count: number;
  model: string | null;
};

/**
 * The same turn as server-sent events. `text`: a piece of what the agent says; the pieces of one `part` follow each
 * other without a space, and each part is a paragraph of its own. `tool`: an entry of the execution log as it
 * happens. `retry`: a call is made again after `wait_ms`; text of that part and of later ones is void. Last comes either
 * `result`, the whole answer, or `error`: the status and body that a plain request would have got.
 */
export type ChatEvents = {
  text: { part: number; text: string };
  tool: ExecutionEntry;
  retry: { part: number; attempt: number; wait_ms: number; status: number | null };
  result: ChatAnswer;
  error: FailureBody & { status: number };
};

export const FAILURE_CODES = [
  "budget_exceeded",
  "rate_limited",
  "not_authenticated",
  "model_unsupported",
  "request_refused",
  "gateway_unreachable",
  "gateway_unavailable",
  "upstream_failed",
  "time_limit",
  "agent_failed",
  "claude_not_installed",
  "stopping",
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** The body of a turn that failed. `message` is what the gateway or Claude Code said, for people. */
export type FailureBody = {
  detail: { error: string; code: FailureCode; message: string; agent: string; error_code?: FailureCode };
  retry_after?: number;
};
