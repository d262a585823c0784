import type { FailureBody, FailureCode } from "#agent-server/chat-answer.ts";
import type { ProcessEnd } from "#agent-server/claude-process.ts";
import { type JsonObject, toList, toNumber, toText } from "#agent-server/json-value.ts";

/** A turn that did not come to an answer. `message` may hold what Claude Code printed: mask it before it goes out. */
export type TurnFailure = { code: FailureCode; message: string };

/** Status and heading of each failure, as `POST /api/chat` answers it. */
const ANSWERS = {
  budget_exceeded: { status: 429, error: "Budget exceeded" },
  rate_limited: { status: 429, error: "Rate limit reached", retryAfterSeconds: 60 },
  not_authenticated: { status: 503, error: "The agent's key was not accepted" },
  model_unsupported: { status: 400, error: "There is no such model for this agent" },
  request_refused: { status: 400, error: "The model's provider refused the request" },
  gateway_unreachable: { status: 503, error: "The gateway cannot be reached" },
  gateway_unavailable: { status: 503, error: "The gateway lets no call pass at the moment" },
  upstream_failed: { status: 502, error: "The model's provider failed" },
  time_limit: { status: 504, error: "The turn took too long and was stopped" },
  agent_failed: { status: 502, error: "Claude Code failed" },
  claude_not_installed: { status: 503, error: "Claude Code is not installed" },
  stopping: { status: 503, error: "The agent is being stopped" },
} as const satisfies Record<FailureCode, { status: number; error: string; retryAfterSeconds?: number }>;

/** Claude Code repeats what it was told after a heading of its own. */
const HEADING = /^(Failed to authenticate\. )?API Error: (Request rejected \(\d{3}\) · |\d{3} )?/;
const UNREACHABLE = /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|Unable to connect|Connection (refused|dropped|error)/i;
const STDERR_LENGTH_MAX = 300;

/** What the failure looks like from outside. */
export function failureAnswer(failure: TurnFailure, agent: string): { status: number; body: FailureBody } {
  const { code, message } = failure;
  const answer: { status: number; error: string; retryAfterSeconds?: number } = ANSWERS[code];
  const detail = { error: answer.error, code, message, agent };
  return {
    status: answer.status,
    body: {
      detail: code === "model_unsupported" ? { ...detail, error_code: code } : detail,
      ...(answer.retryAfterSeconds === undefined ? {} : { retry_after: answer.retryAfterSeconds }),
    },
  };
}

/**
 * Why a turn's closing line is not an answer, or null when it is one. Claude Code calls a failed call a "success"
 * with an error in it.
 */
export function failureIn(result: JsonObject): TurnFailure | null {
  if (result.is_error !== true && result.subtype === "success") return null;
  const problems = toList(result.errors)
    .map(toText)
    .filter((text) => text !== null);
  const text = toText(result.result) ?? (problems.join(" ") || `Claude Code stopped: ${String(result.subtype)}`);
  const status = toNumber(result.api_error_status);
  const isUnreachable = result.api_error === "connection_failed" || (status === null && UNREACHABLE.test(text));
  const code = isUnreachable && text.startsWith("API Error") ? "gateway_unreachable" : codeOf(status);
  return { code, message: text.replace(HEADING, "") };
}

/** Whether the session that was to be continued is not there any more. Nothing has been sent then. */
export function isSessionLost(result: JsonObject): boolean {
  return toList(result.errors).some((text) => toText(text)?.startsWith("No conversation found") === true);
}

/** Why a program that ended without a closing line did so; null: it is not known how it ended. */
export function failureOfEnd(end: ProcessEnd | null): TurnFailure {
  if (end?.startError) return { code: "agent_failed", message: `Claude Code could not be started: ${end.startError}` };
  const how = end?.signal ? ` by ${end.signal}` : ` with exit code ${end?.exitCode ?? "unknown"}`;
  const said = end?.stderr.trim().slice(-STDERR_LENGTH_MAX) ?? "";
  return { code: "agent_failed", message: `Claude Code ended${how}${said === "" ? "." : `: ${said}`}` };
}

function codeOf(status: number | null): FailureCode {
  switch (status) {
    case null:
      return "agent_failed";
    case 402:
      return "budget_exceeded";
    case 429:
      return "rate_limited";
    case 401:
    case 403:
      return "not_authenticated";
    case 404:
      return "model_unsupported";
    case 503:
      return "gateway_unavailable";
    default:
      return status < 500 ? "request_refused" : "upstream_failed";
  }
}
