import type { ServerResponse } from "node:http";

import { BUDGET_STOP_SENTENCE, PAUSE_STOP_SENTENCE } from "#domain/budget-stop.ts";

/** The error types of Anthropic's API that the gateway answers with. */
type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "billing_error"
  | "not_found_error"
  | "request_too_large"
  | "rate_limit_error"
  | "timeout_error"
  | "api_error"
  | "overloaded_error";

/** An answer of ours, in Anthropic's error shape. `isFinal` tells clients not to try again. */
export type Refusal = {
  status: number;
  type: ErrorType;
  message: string;
  isFinal?: boolean;
  retryAfterSeconds?: number;
};

export const UNIDENTIFIED = (problem: string): Refusal => ({
  status: 401,
  type: "authentication_error",
  message: problem,
  isFinal: true,
});

/** Removed while its call waited for its turn. */
export const AGENT_REMOVED = UNIDENTIFIED("This agent has been removed.");

export const NO_ANTHROPIC_KEY = UNIDENTIFIED(
  "The gateway holds no Anthropic key, and this call brought none of its own. Either set ANTHROPIC_API_KEY where the " +
    "gateway runs, or connect the agent with its own key and the X-Trinity-Agent header (see its Connect page).",
);

export const INVALID_REQUEST = (message: string): Refusal => ({
  status: 400,
  type: "invalid_request_error",
  message,
  isFinal: true,
});

export const TOO_LARGE: Refusal = {
  status: 413,
  type: "request_too_large",
  message: "The request is larger than 32 MB. Shorten the conversation or remove attachments.",
  isFinal: true,
};

export const NOT_SERVED: Refusal = {
  status: 404,
  type: "not_found_error",
  message:
    "The gateway serves /v1/messages, /v1/messages/count_tokens and /v1/models. Set ANTHROPIC_BASE_URL without /v1.",
};

export const UPSTREAM_UNREACHABLE: Refusal = {
  status: 502,
  type: "api_error",
  message: "The gateway could not reach Anthropic's API. It is safe to try again.",
};

export const UPSTREAM_SILENT: Refusal = {
  status: 504,
  type: "timeout_error",
  message: "Anthropic's API did not answer in time. It is safe to try again.",
};

export const UNRECORDABLE: Refusal = {
  status: 503,
  type: "overloaded_error",
  message:
    "The gateway cannot record calls at the moment (its disk refuses), so it lets none pass. It is safe to try again.",
  retryAfterSeconds: 5,
};

export const STOPPING: Refusal = {
  status: 503,
  type: "overloaded_error",
  message: "The gateway is restarting. It is safe to try again.",
  retryAfterSeconds: 5,
};

/** What programs that watch agents take for trouble with the credential; some answer it by switching to another one. */
export const ALARMING =
  /usage limit|rate limit|rate_limit|out of usage|resets |exceeded your|quota exceeded|unauthorized|authentication|credentials|forbidden|401|403|oauth|credit balance/i;

/**
 * A spent budget. 402 is final for Claude Code after one attempt, and its message is shown word for word. The
 * text names no amount, date or agent, and no address that looks like trouble of another kind.
 */
export const BUDGET_REACHED = (portalUrl: string): Refusal => stopped(BUDGET_STOP_SENTENCE, portalUrl);

/** An agent that somebody has paused, or the gateway itself: told as finally as a spent budget, and as neutrally. */
export const PAUSED = (portalUrl: string): Refusal => stopped(PAUSE_STOP_SENTENCE, portalUrl);

function stopped(sentence: string, portalUrl: string): Refusal {
  const page = `${portalUrl}/stopped`;
  const way = ALARMING.test(page) ? "" : `: ${page}`;
  return {
    status: 402,
    type: "billing_error",
    message: `${sentence} An administrator can let it go on${way}`,
    isFinal: true,
  };
}

/** Above 60 s Claude Code gives up at once; it comes back up to a quarter later than it is told. */
const RETRY_AFTER_S_MAX = 55;

/** An agent that calls faster than it may. Claude Code waits as long as it is told, and goes on. */
export const TOO_FAST = (waitMs: number): Refusal => {
  const retryAfterSeconds = Math.min(Math.max(Math.ceil(waitMs / 1000), 1), RETRY_AFTER_S_MAX);
  return {
    status: 429,
    type: "rate_limit_error",
    message: `This agent calls faster than it may for now. Its calls go on in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  };
};

/** Close to a limit calls go one at a time, and this one's turn did not come while it could be held. */
export const CROWDED: Refusal = {
  status: 429,
  type: "rate_limit_error",
  message:
    "Calls of this agent go one at a time for now, and this one's turn did not come yet. It is safe to try again.",
  retryAfterSeconds: 2,
};

/** A refusal in the shape of Anthropic's errors. `requestId` is the id that people can ask about. */
export function toErrorBody({ type, message }: Refusal, requestId: string): string {
  return JSON.stringify({ type: "error", error: { type, message }, request_id: requestId });
}

/** Writes a refusal as the whole answer. */
export function sendRefusal(response: ServerResponse, refusal: Refusal, requestId: string): void {
  if (response.destroyed || response.headersSent) return;
  const body = toErrorBody(refusal, requestId);
  response.writeHead(refusal.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "request-id": requestId,
    ...(refusal.isFinal === true ? { "x-should-retry": "false" } : {}),
    ...(refusal.retryAfterSeconds === undefined ? {} : { "retry-after": String(refusal.retryAfterSeconds) }),
  });
  response.end(body);
}
