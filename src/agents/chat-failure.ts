import { z } from "zod";

import type { DeliveryFailure } from "#agents/chat-transport.ts";

/** A turn that came to no answer, as it is told to whoever asked. `code` is for programs, `message` for people. */
export type ChatFailure = { status: number; code: string; message: string; retryAfterSeconds: number | null };

/** The agent's own code for a turn that a spent budget ended. */
export const BUDGET_CODE = "budget_exceeded";

const SILENT: Record<DeliveryFailure, Omit<ChatFailure, "retryAfterSeconds">> = {
  unreachable: {
    status: 503,
    code: "agent_unreachable",
    message: "The agent does not answer. It may be starting: try again in a moment.",
  },
  gateway_unreachable: {
    status: 503,
    code: "gateway_unreachable",
    message: "The gateway cannot be reached, and agents are talked to through it. Try again in a moment.",
  },
  timeout: {
    status: 504,
    code: "agent_timeout",
    message: "The agent took too long and was not waited for. Part of its work may have been done and paid for.",
  },
  cut: {
    status: 502,
    code: "agent_cut_off",
    message: "The agent broke off in the middle. Part of its work may have been done and paid for.",
  },
};

/** Codes of our own agents' servers whose status says something for the person; their texts hold no secret. */
const OWN_CODES: Record<string, number> = {
  budget_exceeded: 429,
  gateway_unreachable: 503,
  gateway_unavailable: 503,
  claude_not_installed: 503,
  stopping: 503,
  time_limit: 504,
};

const MESSAGE_LENGTH_MAX = 2_000;

const failureBody = z.object({
  detail: z.union([
    z.string().transform((message) => ({ message, error: undefined, code: undefined, error_code: undefined })),
    z.object({
      message: z.string().optional(),
      error: z.string().optional(),
      code: z.string().optional(),
      error_code: z.string().optional(),
    }),
  ]),
  retry_after: z.number().optional(),
});

/** No answer at all. */
export function deliveryFailure(kind: DeliveryFailure): ChatFailure {
  return { ...SILENT[kind], retryAfterSeconds: null };
}

/** An answer that cannot be used. */
export function garbledFailure(what: string): ChatFailure {
  return { status: 502, code: "agent_garbled", message: `The agent answered ${what}.`, retryAfterSeconds: null };
}

/**
 * The failure that an agent's server reports. What is wrong with the request passes with its status; what is wrong
 * with the agent becomes 502, and its own words, which may repeat a part of its environment, stay with it.
 */
export function reportedFailure(status: number, json: unknown, retryAfterSeconds: number | null): ChatFailure {
  const parsed = failureBody.safeParse(json);
  const detail = parsed.success ? parsed.data.detail : undefined;
  const code = detail?.code ?? detail?.error_code;
  const retryAfter = retryAfterSeconds ?? wholeSeconds(parsed.success ? parsed.data.retry_after : undefined);
  const said = (detail?.message ?? detail?.error ?? "").slice(0, MESSAGE_LENGTH_MAX);
  const ownStatus = code === undefined ? undefined : OWN_CODES[code];
  if (code !== undefined && ownStatus !== undefined) {
    return { status: ownStatus, code, message: said || "The agent could not answer.", retryAfterSeconds: retryAfter };
  }
  if (status === 401) {
    const message = "The agent does not accept the portal's token. Restart the agent.";
    return { status: 502, code: "agent_token", message, retryAfterSeconds: null };
  }
  if (status >= 400 && status < 500) {
    const message = said || `The agent refused the message (${status}).`;
    return { status, code: code ?? "agent_refused", message, retryAfterSeconds: retryAfter };
  }
  const message = "The agent failed on this message. Its log says why.";
  return { status: 502, code: code ?? "agent_failed", message, retryAfterSeconds: null };
}

function wholeSeconds(seconds: number | undefined): number | null {
  return seconds === undefined || !(seconds >= 0) ? null : Math.ceil(seconds);
}
