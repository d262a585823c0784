import type { IncomingMessage, ServerResponse } from "node:http";

import type { AgentServer } from "#agent-server/agent-server.ts";
import { sendJson, sendProblem } from "#agent-server/answers.ts";
import type { ChatAnswer } from "#agent-server/chat-answer.ts";
import { type ChatRequest, parseChatRequest } from "#agent-server/chat-request.ts";
import { startTurn, type Turn, type TurnOutcome } from "#agent-server/claude-turn.ts";
import { beginEventStream } from "#agent-server/event-stream.ts";
import { readJsonBody } from "#agent-server/request-body.ts";
import { failureAnswer, type TurnFailure } from "#agent-server/turn-failure.ts";
import { turnMetadata } from "#agent-server/turn-metadata.ts";
import type { TurnEvent } from "#agent-server/turn-reader.ts";

/** How a turn is told to its caller: piece by piece, or all at the end. */
type Reply = {
  event(event: TurnEvent): void;
  answer(answer: ChatAnswer): void;
  failure(failure: TurnFailure): void;
};

type Exchange = {
  server: AgentServer;
  asked: ChatRequest;
  reply: Reply;
  signal: AbortSignal;
  wasQueued: boolean;
};

const QUEUE_RETRY_SECONDS = 30;
const STOPPING: TurnFailure = { code: "stopping", message: "The agent is being stopped. Try again when it runs." };

/** `POST /api/chat`: one turn, answered whole or, to `Accept: text/event-stream`, as it happens. */
export async function chat(server: AgentServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readJsonBody(request);
  if ("problem" in body) return sendProblem(response, body.status, body.problem);
  const asked = parseChatRequest(body.value);
  if ("problem" in asked) return sendProblem(response, asked.isTooLarge ? 413 : 422, asked.problem);

  const signal = AbortSignal.any([whenGone(response), server.stopping]);
  const wasQueued = server.queue.load().active > 0;
  const place = server.queue.enter(signal);
  if (place === null) return sendQueueFull(server, response);
  const isStream = request.headers.accept?.includes("text/event-stream") === true;
  const agent = server.config.agent.name;
  const reply = isStream ? replyInPieces(response, agent) : replyWhole(response, agent);
  const leave = await place.catch(() => null);
  if (leave === null) return reply.failure(STOPPING); // nobody hears it when it was the caller who left
  try {
    await takeTurn({ server, asked, reply, signal, wasQueued });
  } finally {
    leave();
  }
}

async function takeTurn(exchange: Exchange): Promise<void> {
  const { server, reply, wasQueued } = exchange;
  const startedAt = Date.now();
  let turn = await beginTurn(exchange, server.session.id());
  let outcome = await turn.outcome;
  if (outcome.kind === "session_lost") {
    // Nothing was sent: the transcript is gone, so the conversation begins anew.
    server.log.warn("The conversation's transcript is gone; a new one begins");
    await turn.ended;
    await server.session.reset();
    turn = await beginTurn(exchange, null);
    outcome = await turn.outcome;
  }
  const metadata = turnMetadata(turn.record, Date.now() - startedAt);
  if (turn.record.result !== null) turn.session.ended(metadata, turn.record.contextTokens);
  logTurn(server, outcome, { ...metadata, elapsedMs: Date.now() - startedAt });
  switch (outcome.kind) {
    case "answered": {
      const timestamp = new Date().toISOString();
      const { entries } = turn.record;
      const session = server.session.summary();
      const execution = { was_queued: wasQueued, started_at: new Date(startedAt).toISOString() };
      reply.answer({ response: outcome.response, execution_log: entries, metadata, session, timestamp, execution });
      break;
    }
    case "failed":
      reply.failure(outcome.failure);
      break;
    default:
      reply.failure(STOPPING);
  }
  await turn.ended;
}

async function beginTurn({ server, asked, reply, signal }: Exchange, sessionId: string | null) {
  const { config, mask } = server;
  const model = asked.model ?? (sessionId !== null && server.session.hasChosenModel() ? defaultModel(config) : null);
  const session = server.session.turn();
  if (asked.model !== null) session.chosen();
  const onEvent = reply.event;
  const onSession = session.begun;
  const turn = await startTurn({ config, mask, ...asked, model, sessionId, signal, onEvent, onSession });
  return { ...turn, session } satisfies Turn & { session: typeof session };
}

/** The agent's own model. Claude Code would go on with the one that an earlier message has asked for. */
function defaultModel({ claudeEnvironment }: AgentServer["config"]): string {
  return claudeEnvironment.ANTHROPIC_MODEL || "default";
}

function replyWhole(response: ServerResponse, agent: string): Reply {
  return {
    event: () => undefined,
    answer: (body) => sendJson(response, { status: 200, body }),
    failure(failure) {
      const { status, body } = failureAnswer(failure, agent);
      const headers: Record<string, string> = {};
      if (body.retry_after !== undefined) headers["retry-after"] = String(body.retry_after);
      sendJson(response, { status, body, headers });
    },
  };
}

function replyInPieces(response: ServerResponse, agent: string): Reply {
  const stream = beginEventStream(response);
  return {
    event: ({ type, data }) => stream.send(type, data),
    answer(answer) {
      stream.send("result", answer);
      stream.end();
    },
    failure(failure) {
      const { status, body } = failureAnswer(failure, agent);
      stream.send("error", { status, ...body });
      stream.end();
    },
  };
}

/** The answer of Trinity's own queue. */
function sendQueueFull(server: AgentServer, response: ServerResponse): void {
  const { active, waiting } = server.queue.load();
  const detail = {
    error: "Agent queue is full",
    agent: server.config.agent.name,
    queue_length: active + waiting,
    retry_after: QUEUE_RETRY_SECONDS,
    message: `The agent is busy and ${waiting} messages wait already. Try again in ${QUEUE_RETRY_SECONDS} seconds.`,
  };
  const headers = { "retry-after": String(QUEUE_RETRY_SECONDS) };
  sendJson(response, { status: 429, body: { detail, retry_after: QUEUE_RETRY_SECONDS }, headers });
}

/** A signal that aborts when the caller leaves before the answer is complete. */
function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

function logTurn(server: AgentServer, outcome: TurnOutcome, facts: Record<string, unknown>): void {
  if (outcome.kind === "failed") server.log.warn({ ...facts, ...outcome.failure }, "Turn failed");
  else server.log.info(facts, outcome.kind === "answered" ? "Turn answered" : "Turn stopped");
}
