import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { AgentServer } from "#agent-server/agent-server.ts";
import { sendJson, sendProblem } from "#agent-server/answers.ts";
import { chat } from "#agent-server/chat-route.ts";
import { claudeVersion, findClaude, notInstalled } from "#agent-server/find-claude.ts";

type Route = (server: AgentServer, request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** All that an agent's server answers, as `METHOD path`. */
const ROUTES: Record<string, Route> = {
  "GET /health": health,
  "GET /": identity,
  "POST /api/chat": chat,
  "GET /api/chat/session": sessionSummary,
  "DELETE /api/chat/history": newSession,
};
const OPEN_TO_ALL = "GET /health";
const TOKEN_HEADER = "x-trinity-agent-token";

/** Answers one request. Never rejects. */
export async function answer(server: AgentServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const name = `${request.method} ${path}`;
  if (name !== OPEN_TO_ALL && !isAllowed(server.config.token, request)) {
    return sendProblem(response, 401, "The header X-Trinity-Agent-Token is missing or wrong.");
  }
  const route = ROUTES[name];
  if (route === undefined) {
    const isKnownPath = Object.keys(ROUTES).some((known) => known.endsWith(` ${path}`));
    return isKnownPath ? sendProblem(response, 405, "Method Not Allowed") : sendProblem(response, 404, "Not Found");
  }
  try {
    await route(server, request, response);
  } catch (error) {
    if (response.destroyed) return; // the caller left
    server.log.error({ err: error }, "A request failed");
    sendProblem(response, 500, "The agent's server failed. Its log says why.");
  }
}

/** Readiness, and whether the agent is busy. An agent without Claude Code is up, and says what is missing. */
async function health(server: AgentServer, _request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { active, waiting } = server.queue.load();
  const isAvailable = (await locateClaude(server)) !== null;
  const body = {
    status: "healthy",
    agent_name: server.config.agent.name,
    claude_available: isAvailable,
    message_count: server.session.summary().message_count,
    active_tasks: active,
    queue_length: waiting,
    ...(isAvailable ? {} : { problem: notInstalled(server.config.claudeCode) }),
  };
  sendJson(response, { status: 200, body });
}

async function identity(server: AgentServer, _request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { agent, claudeEnvironment } = server.config;
  const program = await locateClaude(server);
  const body = {
    agent_name: agent.name,
    agent_type: agent.type,
    template: agent.template,
    runtime: "claude-code",
    claude_version: program === null ? null : await claudeVersion(program, claudeEnvironment),
  };
  sendJson(response, { status: 200, body });
}

function sessionSummary(server: AgentServer, _request: IncomingMessage, response: ServerResponse): void {
  const summary = server.session.summary();
  const body = {
    session_started: server.session.id() !== null,
    session_id: server.session.id(),
    ...summary,
    context_percent: Math.round((summary.context_tokens / summary.context_window) * 1_000) / 10,
  };
  sendJson(response, { status: 200, body });
}

async function newSession(server: AgentServer, _request: IncomingMessage, response: ServerResponse): Promise<void> {
  await server.session.reset();
  server.log.info("A new conversation begins");
  sendJson(response, {
    status: 200,
    body: { status: "cleared", message: "The next message begins a new conversation." },
  });
}

function locateClaude({ config }: AgentServer): Promise<string | null> {
  return findClaude(config.claudeCode, config.claudeEnvironment.PATH ?? "");
}

/** Compared by digest, so that neither length nor content of the token shows in the time it takes. */
function isAllowed(token: string | null, request: IncomingMessage): boolean {
  if (token === null) return true;
  const [wanted, given] = [token, String(request.headers[TOKEN_HEADER] ?? "")].map((text) =>
    createHash("sha256").update(text).digest(),
  );
  return wanted !== undefined && given !== undefined && timingSafeEqual(wanted, given);
}
