import { z } from "zod";

import type { BudgetKey } from "#domain/budget.ts";
import { DomainError } from "#domain/errors.ts";
import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod } from "#domain/period.ts";
import type { RateStatus } from "#limits/live-rates.ts";

/** What the gateway would say to the agent's next call. Asking reserves and counts nothing. */
export type AdmissionPeek = {
  verdict: PeekVerdict;
  /** What the agent has used of its rates in the last minute. */
  rate: RateStatus;
  /** When the gateway last refused one of the agent's calls for its budget or a pause; null: not since it started. */
  lastRefusedAt: Date | null;
  /** The limit of which the largest share is spent; null: there is no limit. */
  tightest: TightestLimit | null;
  /** Calls of the agent's budgets that wait for their turn. */
  waiting: number;
};

/** A limit as it stands, whoever it belongs to; `reserved` is held by calls in flight. */
export type TightestLimit = ReachedLimit & { reserved: NanoUsd };

export type PeekVerdict =
  | { outcome: "admitted" }
  | ({ outcome: "warned" } & ReachedLimit)
  | ({ outcome: "refused"; reason: "budget" } & ReachedLimit)
  | { outcome: "refused"; reason: "rate_limit"; retryAfterSeconds: number }
  /** Until somebody resumes the agent. */
  | { outcome: "refused"; reason: "paused" };

/** A limit of one of the agent's budgets that is used up, or nearly so. */
export type ReachedLimit = {
  budget: BudgetKey;
  period: BudgetPeriod;
  spent: NanoUsd;
  limit: NanoUsd;
  resetsAt: Date;
};

/** Asks a gateway about one agent. */
export type PeekAdmission = (agentId: number) => Promise<AdmissionPeek>;

const nano = z
  .string()
  .regex(/^\d+$/)
  .transform((digits) => BigInt(digits));
const instant = z.iso.datetime().transform((text) => new Date(text));
const budgetKey = z.custom<BudgetKey>((key) => typeof key === "string" && /^(?:(?:agent|pool):\d+|fleet)$/.test(key));
const reachedLimit = {
  budget: budgetKey,
  period: z.enum(BUDGET_PERIODS),
  spent: nano,
  limit: nano,
  resetsAt: instant,
};

const answer = z.object({
  verdict: z.union([
    z.object({ outcome: z.literal("admitted") }),
    z.object({ outcome: z.literal("warned"), ...reachedLimit }),
    z.object({ outcome: z.literal("refused"), reason: z.literal("budget"), ...reachedLimit }),
    z.object({
      outcome: z.literal("refused"),
      reason: z.literal("rate_limit"),
      retryAfterSeconds: z.int().min(1),
    }),
    z.object({ outcome: z.literal("refused"), reason: z.literal("paused") }),
  ]),
  rate: z.object({
    requestsUsed: z.int().min(0),
    requestsLimit: z.int().nullable(),
    tokensUsed: z.number(),
    tokensLimit: z.int().nullable(),
    resetsAt: instant.nullable(),
  }),
  lastRefusedAt: instant.nullable(),
  tightest: z.object({ ...reachedLimit, reserved: nano }).nullable(),
  waiting: z.int().min(0),
});

const ANSWER_MS_MAX = 5_000;

/** The answer as it travels from the gateway to the portal: amounts as whole nano-USD, instants as ISO 8601. */
export function formatPeek(peek: AdmissionPeek): string {
  return JSON.stringify(peek, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/**
 * Asks the gateway at `url`, with the token of its internal port.
 * The returned function throws DomainError `unavailable` when the gateway cannot be asked, or does not know the agent.
 */
export function createPeekAdmission({ url, token }: { url: string; token: string | undefined }): PeekAdmission {
  return async (agentId) => {
    if (token === undefined) throw unavailable("GATEWAY_INTERNAL_TOKEN is not set for the portal.");
    const response = await fetch(`${url}/internal/admission?agentId=${agentId}`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch(() => {
      throw unavailable("Try again in a moment.");
    });
    if (response.status === 404) throw unavailable("It does not know this agent yet. Try again in a moment.");
    if (!response.ok) throw unavailable(`It answers the portal with ${response.status}.`);
    const parsed = answer.safeParse(await response.json().catch(() => null));
    if (!parsed.success) throw unavailable("Its answer cannot be read; gateway and portal may be of two versions.");
    return parsed.data;
  };
}

function unavailable(reason: string): DomainError {
  return new DomainError("unavailable", `The gateway cannot be asked whether the agent may spend. ${reason}`);
}
