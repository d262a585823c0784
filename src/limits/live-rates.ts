import {
  createRateWindow,
  RATE_WINDOW_MS,
  type RateEntry,
  type RateLimits,
  type RateWindow,
} from "#domain/rate-window.ts";
import type { CallSize } from "#domain/reservation.ts";
import type { RecentCall } from "#ledger/recent-calls.ts";

/** The rates of an agent at an instant. Null limits are not limited. */
export type RateStatus = {
  requestsUsed: number;
  requestsLimit: number | null;
  tokensUsed: number;
  tokensLimit: number | null;
  /** When everything that counts now will have left the window; null: nothing counts. */
  resetsAt: Date | null;
};

/** A call in its agent's window. */
export type CountedCall = { agentId: number; entry: RateEntry };

/** The requests and tokens of every agent in the last minute, in memory. */
export type LiveRates = {
  /** How long until the agent may make a call of this size, in milliseconds; 0: now. Counts nothing. */
  waitMs(agentId: number, limits: RateLimits | null, call: { size: CallSize; atMs: number }): number;
  /** Counts a call that everything else has admitted, whether the agent is limited or not: it may be in a moment. */
  admit(agentId: number, call: { size: CallSize; atMs: number }): CountedCall;
  /** Puts the tokens that a call used in the place of those expected. */
  settle(call: CountedCall, tokens: number): void;
  status(agentId: number, limits: RateLimits | null, atMs: number): RateStatus;
  /** Forgets agents that there are no more. */
  keepOnly(isKnown: (agentId: number) => boolean): void;
};

const BYTES_PER_TOKEN = 4;
/** Of an agent's first calls: what an answer uses, as a rule, where up to 128,000 tokens are asked for. */
const FIRST_OUTPUT_TOKENS = 1_000;
/** How much the last call says about the next. */
const NEWEST_SHARE = 1 / 8;

type Agent = { window: RateWindow; meanTokens: number | null };

const UNLIMITED: RateLimits = { requestsPerMinute: null, tokensPerMinute: null };

/**
 * Starts from what the ledger has of the last minute (oldest first), so that a restart forgives nothing. A call counts with
 * the mean of its agent's calls until it ends; before there are any, with a token for each four bytes of its body and
 * 1,000 tokens of output (fewer, if it asks for fewer).
 */
export function createLiveRates(recent: readonly RecentCall[], lengthMs = RATE_WINDOW_MS): LiveRates {
  const agents = new Map<number, Agent>();

  const agentOf = (agentId: number) => {
    const known = agents.get(agentId);
    if (known !== undefined) return known;
    const agent: Agent = { window: createRateWindow(lengthMs), meanTokens: null };
    agents.set(agentId, agent);
    return agent;
  };

  for (const { agentId, admittedAt, tokens } of recent) {
    const agent = agentOf(agentId);
    agent.window.record(tokens, admittedAt.getTime());
    learn(agent, tokens);
  }

  return {
    waitMs(agentId, limits, { size, atMs }) {
      if (limits === null) return 0;
      const agent = agentOf(agentId);
      return agent.window.waitMs(limits, expectedTokens(agent, size), atMs);
    },
    admit(agentId, { size, atMs }) {
      const agent = agentOf(agentId);
      return { agentId, entry: agent.window.record(expectedTokens(agent, size), atMs) };
    },
    settle({ agentId, entry }, tokens) {
      const agent = agentOf(agentId);
      agent.window.correct(entry, tokens);
      learn(agent, tokens);
    },
    status(agentId, limits, atMs) {
      const { requestsPerMinute, tokensPerMinute } = limits ?? UNLIMITED;
      const { requests, tokens, emptyAtMs } = agentOf(agentId).window.status(atMs);
      return {
        requestsUsed: requests,
        requestsLimit: requestsPerMinute,
        tokensUsed: tokens,
        tokensLimit: tokensPerMinute,
        resetsAt: emptyAtMs === null ? null : new Date(emptyAtMs),
      };
    },
    keepOnly(isKnown) {
      for (const agentId of agents.keys()) if (!isKnown(agentId)) agents.delete(agentId);
    },
  };
}

/** A call that failed used nothing, and says nothing about the next. */
function learn(agent: Agent, tokens: number): void {
  if (tokens <= 0) return;
  agent.meanTokens = agent.meanTokens === null ? tokens : agent.meanTokens + (tokens - agent.meanTokens) * NEWEST_SHARE;
}

function expectedTokens({ meanTokens }: Agent, { requestBytes, maxTokens }: CallSize): number {
  if (meanTokens !== null) return Math.ceil(meanTokens);
  return Math.ceil(requestBytes / BYTES_PER_TOKEN) + Math.min(maxTokens ?? FIRST_OUTPUT_TOKENS, FIRST_OUTPUT_TOKENS);
}
