import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { ChatTurn } from "#ledger/chat-turn-store.ts";
import { postChat } from "#portal/chat/chat-route.ts";
import { StandInRuntime } from "#testing/agent-server-stand-in.ts";
import { startTestGateway, type TestGateway } from "#testing/gateway.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

/** As an agent's server of the first generation answers. */
export const OLD_ANSWER = {
  response: "Done.",
  execution_log: [{ id: "t1", type: "tool_use", tool: "Read", input: null, success: null, duration_ms: null }],
  metadata: { cost_usd: null, session_id: null },
  session: {},
  timestamp: "2026-03-15T12:00:01Z",
};

/** What a message is sent with; without headers: from the page of Olga, who owns the agents. */
export type Sent = {
  message?: unknown;
  body?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  agent?: string;
};

/** A running agent of Olga's, which the gateway knows. */
export type ChatAgent = {
  name: string;
  chat(sent?: Sent): Promise<Response>;
  /** A call of the agent's own through the real gateway, for $0.45. Answers with the status. */
  spend(): Promise<number>;
  /** Sets the daily limit, once the gateway has heard of it. */
  limitTo(daily: string): Promise<void>;
  turns(): Promise<ChatTurn[]>;
};

export type ChatFixture = {
  gateway: TestGateway;
  portal: TestPortal;
  runtime: StandInRuntime;
  /** An admin. */
  ada: TestPerson;
  olga: TestPerson;
  addAgent(): Promise<ChatAgent>;
  stop(): Promise<void>;
};

/** Headers of Olga's page for an answer as it comes. */
export const streamHeaders = ({ cookie }: TestPerson) => ({ cookie, origin: PORTAL_URL, accept: "text/event-stream" });

/** An agent's server that answers this. */
export function answerJson(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

/** A real gateway and the portal's services on its database, with agents whose servers answer as a test says. */
export async function createChatFixture(): Promise<ChatFixture> {
  const gateway = await startTestGateway();
  const runtime = new StandInRuntime();
  const portal = await createTestPortal(undefined, {
    gateway,
    runtimes: [runtime],
    clock: () => new Date(),
    settings: { AGENT_CHAT_TIMEOUT_MS: "1500" },
  });
  const ada = await portal.addPerson("Ada", "admin");
  const olga = await portal.addPerson("Olga");
  let number = 0;
  return {
    gateway,
    portal,
    runtime,
    ada,
    olga,
    addAgent() {
      number += 1;
      return addAgent({ gateway, portal, runtime, olga, ada }, `agent-${number}`);
    },
    async stop() {
      await portal.close();
      await gateway.stop();
    },
  };
}

type Parts = Omit<ChatFixture, "addAgent" | "stop">;

async function addAgent({ gateway, portal, runtime, olga, ada }: Parts, name: string): Promise<ChatAgent> {
  const { platform } = portal;
  await platform.fleet.create(ada.actor, { name, ownerId: olga.actor.userId, runtime: "process" });
  const { id } = await platform.agents.find(ada.actor, name);
  const key = runtime.specs.get(name)?.environment.ANTHROPIC_AUTH_TOKEN ?? "";
  const verdict = async () => (await platform.peekAdmission(id)).verdict.outcome;
  await until(() =>
    verdict().then(
      () => true,
      () => false,
    ),
  );
  return {
    name,
    chat: ({ message = "hello", body, headers, signal, agent = name } = {}) =>
      postChat(
        new Request(`${PORTAL_URL}/api/agents/${name}/chat`, {
          method: "POST",
          headers: headers ?? { cookie: olga.cookie, origin: PORTAL_URL },
          body: body ?? JSON.stringify({ message }),
          ...(signal === undefined ? {} : { signal }),
        }),
        { params: Promise.resolve({ name: agent }) },
      ),
    spend: () => spend(gateway, key),
    async limitTo(daily) {
      const { version } = await platform.budgets.status({ id, name });
      const limits = { version, daily, monthly: null, actionOnExceed: "block" } as const;
      await platform.budgetChanges.set(ada.actor, { scope: "agent", id, name }, limits);
      await until(async () => (await verdict()) === (daily === "0" ? "refused" : "admitted"));
    },
    turns: () => platform.chatTurns.latest(id, 10),
  };
}

async function spend(gateway: TestGateway, key: string): Promise<number> {
  const usage = { input_tokens: 100_000, output_tokens: 10_000 };
  const response = await fetch(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "x-script": JSON.stringify({ usage }) },
    body: JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 64, messages: [{ role: "user", content: "hi" }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The gateway hears of agents and limits by itself, a moment later. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineAt = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadlineAt) throw new Error("It does not come to pass.");
    await sleep(25);
  }
}
