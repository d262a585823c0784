import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentServer } from "#agent-server/agent-server.ts";
import { type AgentServerConfig, readAgentServerConfig } from "#agent-server/agent-server-config.ts";
import { answer } from "#agent-server/routes.ts";
import { openSession } from "#agent-server/session.ts";
import { createTurnQueue } from "#agent-server/turn-queue.ts";
import { createSecretMask, secretsIn } from "#domain/secret-mask.ts";
import { createLog } from "#log.ts";
import { killProcesses } from "#process-table.ts";

const WAITING_TURNS_MAX = 3;
/** A turn that is stopped gets this long to end; what then still runs is killed. */
const STOP_MS_MAX = 7_000;

/** Where the conversation is remembered, beside Claude Code's own files. */
const SESSION_FILE = ".trinity-agent/session.json";

async function main(): Promise<void> {
  const config = readAgentServerConfig();
  const log = createLog(`agent ${config.agent.name}`, config.logLevel);
  await mkdir(config.workspace, { recursive: true });
  const stopping = new AbortController();
  const secrets = [...secretsIn(config.claudeEnvironment), ...(config.token === null ? [] : [config.token])];
  const session = await openSession(path.join(config.home, SESSION_FILE), (error) =>
    log.error({ err: error }, "The conversation cannot be remembered"),
  );
  const agent: AgentServer = {
    config,
    log,
    mask: createSecretMask(secrets),
    session,
    queue: createTurnQueue(WAITING_TURNS_MAX),
    stopping: stopping.signal,
  };
  const server = createServer((request, response) => void answer(agent, request, response));
  server.requestTimeout = 60_000; // for receiving a request; a turn may take longer
  const port = await listen(server, config);
  log.info({ host: config.host, port }, "The agent's server listens");
  process.send?.({ type: "listening", port });
  endWhenAsked(async () => {
    stopping.abort();
    await untilIdle(agent);
    server.closeAllConnections();
    // What turns have left running, such as servers started for good, belongs to this run of the agent.
    if (config.runId !== null) await killProcesses({ variable: `TRINITY_AGENT_RUN=${config.runId}` });
  });
}

/** Resolves with the port, which the system has chosen if 0 was asked for. */
function listen(server: Server, { host, port }: AgentServerConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Ends on a signal, and when the parent process is gone, which the channel's end tells even if it was killed. */
function endWhenAsked(stop: () => Promise<void>): void {
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    void stop().finally(() => process.exit(0));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("disconnect", end);
}

async function untilIdle({ queue }: AgentServer): Promise<void> {
  const deadlineAt = Date.now() + STOP_MS_MAX;
  while (queue.load().active > 0 && Date.now() < deadlineAt) await sleep(20);
}

main().catch((error: unknown) => {
  process.stderr.write(`The agent's server cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
