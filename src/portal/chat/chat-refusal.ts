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

/** Whom the refusal is about, and to whom it is told. `budget`: whose budget is used up, where one is. */
export type RefusedChat = { agent: string; now: Date; budget: BudgetOwner; mayKnowAmounts: boolean };

/** The agent itself, or what it shares a budget with; a pool that was removed meanwhile has no name. */
export type BudgetOwner = { scope: "agent" } | { scope: "pool"; name: string | null } | { scope: "fleet" };

/** The gateway's no, ahead of the call; null when it lets the call pass. */
export function refusalOfVerdict(verdict: PeekVerdict, about: RefusedChat): ChatRefusal | null {
  if (verdict.outcome !== "refused") return null;
  switch (verdict.reason) {
    case "budget":
      return budgetRefusal(verdict, about);
    case "rate_limit":
      return rateRefusal(verdict, about.agent);
    case "paused":
      return pausedRefusal(about.agent);
  }
}

/**
 * A spent budget. `retryAfterSeconds` counts to the end of the period. What a pool or the fleet has spent is other
 * people's business: its amounts are null for whoever may not know them.
 */
export function budgetRefusal(reached: ReachedLimit, about: RefusedChat): ChatRefusal {
  const { agent, now, budget, mayKnowAmounts } = about;
  const { period, spent, limit, resetsAt } = reached;
  const retryAfterSeconds = Math.max(1, Math.ceil((resetsAt.getTime() - now.getTime()) / 1000));
  const isKnown = budget.scope === "agent" || mayKnowAmounts;
  const message =
    `${usedUp(reached, about)} ` +
    `It can go on at ${resetsAt.toISOString().slice(0, 16).replace("T", " ")} UTC, or as soon as an admin raises the limit.`;
  return limitRefusal({
    message,
    retryAfterSeconds,
    detail: {
      error: `${PERIOD_WORDS[period]} budget exceeded`,
      code: "budget_exceeded",
      agent,
      ...(budget.scope === "agent" ? {} : { budget: budget.scope }),
      ...(budget.scope === "pool" ? { pool: budget.name } : {}),
      period,
      spent_usd: isKnown ? Number(toUsdText(spent)) : null,
      limit_usd: isKnown ? Number(toUsdText(limit)) : null,
      resets_at: resetsAt.toISOString(),
      message,
    },
  });
}

function usedUp({ period, spent, limit }: ReachedLimit, { agent, budget, mayKnowAmounts }: RefusedChat): string {
  const amounts = `${formatUsd(spent)} of the ${formatUsd(limit)}`;
  if (budget.scope === "agent") return `${agent} has spent ${amounts} it may spend a ${period}.`;
  const whose = budget.scope === "fleet" ? "the whole fleet" : poolWords(budget.name);
  const told = mayKnowAmounts ? ` (${amounts} they may spend together)` : "";
  return `${agent} is stopped by the budget of ${whose}, which is used up for this ${period}${told}.`;
}

function poolWords(name: string | null): string {
  return name === null ? "its pool" : `the pool “${name}”`;
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
