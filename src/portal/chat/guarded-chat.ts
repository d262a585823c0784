import { v7 as uuidv7 } from "uuid";

import type { AgentRecord } from "#agents/agents.ts";
import type { ChatAnswer, ToolUse } from "#agents/chat-answer.ts";
import type { LastEvent } from "#agents/chat-event.ts";
import type { ChatMessage } from "#agents/chat-transport.ts";
import type { FleetState } from "#agents/fleet.ts";
import type { AgentEndpoint } from "#agents/runtime.ts";
import type { Actor } from "#domain/agent.ts";
import type { BudgetKey } from "#domain/budget.ts";
import { BUDGET_STOP_SENTENCE, PAUSE_STOP_SENTENCE } from "#domain/budget-stop.ts";
import { DomainError } from "#domain/errors.ts";
import { BUDGET_PERIODS } from "#domain/period.ts";
import type { ChatTurnEnd } from "#ledger/chat-turn-store.ts";
import type { PeekVerdict, ReachedLimit } from "#limits/admission-peek.ts";
import type { Platform } from "#platform.ts";
import type { Access } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import {
  type BudgetOwner,
  budgetRefusal,
  type ChatRefusal,
  pastBudgetRefusal,
  pausedRefusal,
  plainRefusal,
  type RefusedChat,
  refusalOfError,
  refusalOfVerdict,
} from "#portal/chat/chat-refusal.ts";

/** A message for an agent, from whichever door. Each part is asked for when its step has come. */
export type ChatCall = {
  platform: Platform;
  /** The door's row in the access table. */
  access: Access | undefined;
  /** Who asks; null: nobody who is known. */
  caller(): Promise<{ actor: Actor; apiKeyId: string | null } | null>;
  agentName: string;
  /** Read after it is clear that the caller may talk to the agent. */
  message(): Promise<ChatMessage>;
  isStreamed: boolean;
  /** Aborted when the caller has left. */
  signal: AbortSignal;
};

/** The turn as the caller is told of it; the last event is `answered` or `refused`. */
export type TurnEvent =
  | { type: "text"; part: number; text: string }
  | { type: "tool"; use: ToolUse }
  | { type: "retry"; part: number; waitMs: number }
  | { type: "answered"; turnId: string; answer: ChatAnswer }
  | { type: "refused"; refusal: ChatRefusal };

/** `turnId` names the turn in the record, whatever becomes of it. */
export type GuardedChat = { refusal: ChatRefusal } | { turnId: string; turn: AsyncGenerator<TurnEvent> };

type Cleared = {
  platform: Platform;
  actor: Actor;
  apiKeyId: string | null;
  agent: AgentRecord;
  endpoint: AgentEndpoint;
  message: ChatMessage;
};

/**
 * The one way to an agent's ear, in this order: who asks, may they, is there such an agent, does it run, may it spend,
 * is it not too fast; then the message is delivered, once, and the turn recorded. Budget and rate are the gateway's
 * to judge, here as for every call the agent makes.
 */
export async function guardChat(call: ChatCall): Promise<GuardedChat> {
  try {
    const cleared = await clear(call);
    const refusal = await limitOf(cleared);
    if (refusal !== null) return { refusal };
    const turnId = uuidv7();
    return { turnId, turn: takeTurn({ ...cleared, turnId }, call) };
  } catch (error) {
    const refusal = refusalOfError(error);
    if (refusal === null) throw error;
    return { refusal };
  }
}

async function clear({ platform, access, caller, agentName, message }: ChatCall): Promise<Cleared> {
  const who = await caller();
  const { agent } = await authorize(access, { platform, actor: who?.actor ?? null, agentName });
  if (who === null || agent === null) throw new DomainError("not_allowed", "This is not open to anybody.");
  const words = await message();
  return { platform, ...who, agent, endpoint: await endpointOf(platform, agent), message: words };
}

/** Where the agent listens at this moment. */
async function endpointOf(platform: Platform, agent: AgentRecord): Promise<AgentEndpoint> {
  const state = await platform.fleet.state(agent);
  if (state !== null && state.status !== "running") {
    throw new DomainError("unavailable", `${agent.name} is not running. ${wayToRun(state, agent)}`);
  }
  return platform.fleet.endpoint(agent);
}

/** What is missing cannot be started: it has to be made again first. */
function wayToRun({ status, problem }: FleetState, { runtime }: AgentRecord): string {
  if (problem !== null) return problem;
  if (status !== "missing") return "Start it first.";
  return runtime === "adopted"
    ? "Its container was removed. Make it again where it was made, or remove the agent here."
    : "What ran it was removed behind the portal’s back. Rotate its key, or save its routing, to make it again.";
}

async function limitOf(cleared: Cleared): Promise<ChatRefusal | null> {
  const { verdict } = await cleared.platform.peekAdmission(cleared.agent.id);
  const reached = cleared.agent.routing === "direct" ? await reportedLimit(cleared) : null;
  if (reached !== null && verdict.outcome !== "refused") return budgetRefusal(reached, await about(cleared, verdict));
  return refusalOfVerdict(verdict, await about(cleared, verdict));
}

/** The limit of its own that an agent has used up by its own report: the gateway, which it goes past, does not know. */
async function reportedLimit({ platform, agent }: Cleared): Promise<ReachedLimit | null> {
  const budget = (await platform.budgets.statuses([agent.id])).get(agent.id);
  if (budget?.state !== "blocked") return null;
  for (const period of BUDGET_PERIODS) {
    const { spent, limit, resetsAt } = budget[period];
    if (limit !== null && spent >= limit) return { budget: `agent:${agent.id}`, period, spent, limit, resetsAt };
  }
  return null;
}

async function about({ platform, actor, agent }: Cleared, verdict: PeekVerdict): Promise<RefusedChat> {
  const key = verdict.outcome === "refused" && verdict.reason === "budget" ? verdict.budget : null;
  const budget = await budgetOwner(platform, key);
  return { agent: agent.name, now: platform.clock(), budget, mayKnowAmounts: actor.role === "admin" };
}

async function budgetOwner(platform: Platform, key: BudgetKey | null): Promise<BudgetOwner> {
  if (key === "fleet") return { scope: "fleet" };
  if (key === null || !key.startsWith("pool:")) return { scope: "agent" };
  const id = Number(key.slice("pool:".length));
  const pool = (await platform.pools.list()).find((candidate) => candidate.id === id);
  return { scope: "pool", name: pool?.name ?? null };
}

/** Delivers the message and records what came of it, also when the caller leaves in the middle. */
async function* takeTurn(
  cleared: Cleared & { turnId: string },
  { isStreamed, signal }: ChatCall,
): AsyncGenerator<TurnEvent> {
  const { platform, actor, apiKeyId, agent, endpoint, message, turnId } = cleared;
  const turn = { id: turnId, agentId: agent.id, userId: actor.userId, apiKeyId, startedAt: platform.clock() };
  await platform.chatTurns.insert(turn);
  let end: TurnEnd = { status: CLIENT_LEFT, errorCode: "client_left", sessionId: null, workedFrom: null };
  try {
    for await (const event of platform.talkToAgent({ endpoint, message, isStreamed, signal })) {
      if (event.type !== "answered" && event.type !== "failed") {
        yield event;
        continue;
      }
      const last = await judge(cleared, event, turn.startedAt);
      end =
        last.refusal === null
          ? { status: 200, errorCode: null, sessionId: last.sessionId, workedFrom: workedFrom(last.answer, turn) }
          : { status: last.refusal.status, errorCode: last.refusal.code, sessionId: null, workedFrom: null };
      yield last.refusal === null
        ? { type: "answered", turnId: turn.id, answer: last.answer }
        : { type: "refused", refusal: last.refusal };
    }
  } finally {
    await platform.chatTurns.end(turn.id, { finishedAt: platform.clock(), ...end });
  }
}

type TurnEnd = Omit<ChatTurnEnd, "finishedAt">;
type Judged = { refusal: null; answer: ChatAnswer; sessionId: string | null } | { refusal: ChatRefusal };

/** Null where the agent does not say, or says what cannot be. */
function workedFrom({ workedFrom: told }: ChatAnswer, { startedAt }: { startedAt: Date }): Date | null {
  return told !== null && told >= startedAt ? told : null;
}

/** As web servers note it: the client closed the request. */
const CLIENT_LEFT = 499;

/** An agent that was stopped by its budget or a pause says so in many ways, some of which look like an answer. */
async function judge(cleared: Cleared, event: LastEvent, startedAt: Date): Promise<Judged> {
  const { platform } = cleared;
  if (event.type === "answered") {
    const { answer } = event;
    const isStop = STOP_SENTENCES.some((sentence) => answer.response.includes(sentence));
    const isOnlyThat = isStop && answer.response.length < STOP_LENGTH_MAX;
    const stopped = isOnlyThat ? await gatewayStop(cleared, startedAt) : null;
    return stopped === null ? { refusal: null, answer, sessionId: platform.sessionIdOf(answer) } : { refusal: stopped };
  }
  const { failure } = event;
  const stopped = await gatewayStop(cleared, startedAt);
  if (stopped !== null) return { refusal: stopped };
  return {
    refusal: failure.code === "budget_exceeded" ? pastBudgetRefusal(cleared.agent.name) : plainRefusal(failure),
  };
}

const STOP_SENTENCES = [BUDGET_STOP_SENTENCE, PAUSE_STOP_SENTENCE];

/** An answer that is about the sentence is longer than one that consists of it. */
const STOP_LENGTH_MAX = 1_000;

/** Whether the gateway stopped this turn, by a budget or a pause; asked only when the turn did not end well. */
async function gatewayStop(cleared: Cleared, startedAt: Date): Promise<ChatRefusal | null> {
  const { platform, agent } = cleared;
  const peek = await platform.peekAdmission(agent.id).catch(() => null);
  const isStopped = peek?.lastRefusedAt != null && peek.lastRefusedAt >= startedAt;
  if (!isStopped) return null;
  const { verdict } = peek;
  if (verdict.outcome === "refused" && verdict.reason === "paused") return pausedRefusal(agent.name);
  return verdict.outcome === "refused" && verdict.reason === "budget"
    ? budgetRefusal(verdict, await about(cleared, verdict))
    : pastBudgetRefusal(agent.name);
}
