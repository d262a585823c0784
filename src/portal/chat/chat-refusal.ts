import type { ChatFailure } from "#agents/chat-failure.ts";
import { formatUsd, toUsdText } from "#domain/money.ts";
import type { PeekVerdict, ReachedLimit } from "#limits/admission-peek.ts";
import { refusalOf } from "#portal/api/errors.ts";

/** Why a message came to no answer, and the answer's whole body, for clients of Trinity's chat route and ours alike. */
export type ChatRefusal = {
  status: number;
  code: string;
  message: string;
  retryAfterSeconds: number | null;
  body: Record<string, unknown>;
};

const PERIOD_WORDS = { day: "Daily", month: "Monthly" } as const;

/** A refusal whose words are all there is to say. `detail` is where Trinity's clients look. */
export function plainRefusal({ status, code, message, retryAfterSeconds }: ChatFailure): ChatRefusal {
  const body = {
    detail: message,
    error: { code, message },
    ...(retryAfterSeconds === null ? {} : { retry_after: retryAfterSeconds }),
  };
  return { status, code, message, retryAfterSeconds, body };
}

/** What a refused or failed step of ours (session, access, input, runtime) looks like; null for a fault. */
export function refusalOfError(error: unknown): ChatRefusal | null {
  const refusal = refusalOf(error);
  return refusal === null ? null : plainRefusal({ ...refusal, retryAfterSeconds: null });
}

/** The gateway's no, ahead of the call; null when it lets the call pass. */
export function refusalOfVerdict(verdict: PeekVerdict, agent: string, now: Date): ChatRefusal | null {
  if (verdict.outcome !== "refused") return null;
  switch (verdict.reason) {
    case "budget":
      return budgetRefusal(verdict, agent, now);
    case "rate_limit":
      return rateRefusal(verdict, agent);
    case "paused":
      return pausedRefusal(agent);
  }
}

/** A spent budget. `retryAfterSeconds` counts to the end of the period. */
export function budgetRefusal(reached: ReachedLimit, agent: string, now: Date): ChatRefusal {
  const { period, spent, limit, resetsAt } = reached;
  const retryAfterSeconds = Math.max(1, Math.ceil((resetsAt.getTime() - now.getTime()) / 1000));
  const message =
    `${agent} has spent ${formatUsd(spent)} of the ${formatUsd(limit)} it may spend a ${period}. ` +
    `It can go on at ${resetsAt.toISOString().slice(0, 16).replace("T", " ")} UTC, or as soon as an admin raises the limit.`;
  return limitRefusal({
    message,
    retryAfterSeconds,
    detail: {
      error: `${PERIOD_WORDS[period]} budget exceeded`,
      code: "budget_exceeded",
      agent,
      period,
      spent_usd: Number(toUsdText(spent)),
      limit_usd: Number(toUsdText(limit)),
      resets_at: resetsAt.toISOString(),
      message,
    },
  });
}

/** The budget stopped the turn, but by the time of asking the limit has been raised or its period is over. */
export function pastBudgetRefusal(agent: string): ChatRefusal {
  const message = `${agent} had reached its budget and was stopped in the middle. It may go on now: send the message again.`;
  const unknown = { period: null, spent_usd: null, limit_usd: null, resets_at: null };
  return limitRefusal({
    message,
    retryAfterSeconds: 1,
    detail: { error: "Budget exceeded", code: "budget_exceeded", agent, ...unknown, message },
  });
}

/** Nobody knows when a paused agent goes on, so no time is named; for the rest it is told like a spent budget. */
export function pausedRefusal(agent: string): ChatRefusal {
  const message = `${agent} is paused. It can go on as soon as an admin resumes it.`;
  return limitRefusal({
    message,
    retryAfterSeconds: null,
    detail: { error: "Agent paused", code: "paused", agent, message },
  });
}

function rateRefusal({ retryAfterSeconds }: { retryAfterSeconds: number }, agent: string): ChatRefusal {
  const message = `${agent} has made as many calls as it may for now. It can go on in ${retryAfterSeconds} s.`;
  return limitRefusal({
    message,
    retryAfterSeconds,
    detail: { error: "Rate limit reached", code: "rate_limited", agent, message },
  });
}

type Limit = { message: string; retryAfterSeconds: number | null; detail: { code: string } & Record<string, unknown> };

/** `retry_after` stands at the top, where Trinity's clients read it. */
function limitRefusal({ message, retryAfterSeconds, detail }: Limit): ChatRefusal {
  const { code } = detail;
  return { status: 429, code, message, retryAfterSeconds, body: { detail, retry_after: retryAfterSeconds } };
}
