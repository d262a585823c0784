import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import type { AgentEndpoint } from "#agents/runtime.ts";
import { findProcesses, killProcesses, sendSignal } from "#process-table.ts";

/** One run of an agent's server, from its start to its end. */
export type AgentRun = {
  runId: string;
  pid: number;
  startedAt: Date;
  endpoint: AgentEndpoint;
  /** Resolves with how it ended, once nothing of it runs any more. */
  ended: Promise<string>;
  /** Asks it to end, and ends it with all that it started when its time is up. */
  stop(): Promise<void>;
};

export type RunOptions = {
  /** What Node runs. */
  serverArgs: readonly string[];
  runId: string;
  cwd: string;
  /** The whole environment, once the token is known. */
  environment(token: string): Record<string, string>;
  onOutput(text: string): void;
};

const TOKEN_BYTES = 32;
const START_MS_MAX = 30_000;
/** The server gives a running turn some seconds to end in order. */
const STOP_MS_MAX = 12_000;
const LEFTOVER_MS_MAX = 10_000;

/**
 * Starts an agent's server and resolves once it listens.
 * @throws Error saying how it ended, or that it does not listen, with nothing left running
 */
export async function startRun(options: RunOptions): Promise<AgentRun> {
  const token = randomBytes(TOKEN_BYTES).toString("hex");
  const environment = options.environment(token);
  const child = spawn(process.execPath, options.serverArgs, {
    cwd: options.cwd,
    env: environment as unknown as NodeJS.ProcessEnv, // Next's types demand a NODE_ENV
    // Its own group: Ctrl-C in a terminal is for the portal, whose end the channel tells.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", options.onOutput);
  const variable = `TRINITY_AGENT_RUN=${options.runId}`;
  const ended = untilEnded(child).then(async (how) => {
    await killProcesses({ variable });
    return how;
  });
  const stop = async () => {
    const family = await findProcesses({ variable, rootPid: child.pid });
    child.kill("SIGTERM");
    const isGone = await Promise.race([ended.then(() => true), sleep(STOP_MS_MAX, false, { ref: false })]);
    if (!isGone && child.pid !== undefined) sendSignal(-child.pid, "SIGKILL");
    await killProcesses({ variable }, family);
    await ended;
  };
  const port = await Promise.race([
    listeningPort(child),
    ended.then((how) => Promise.reject(new Error(how))),
    sleep(START_MS_MAX, null, { ref: false }),
  ]);
  if (port === null) {
    await stop();
    throw new Error("It did not listen in time");
  }
  const endpoint = { url: `http://127.0.0.1:${port}`, token };
  return { runId: options.runId, pid: child.pid ?? 0, startedAt: new Date(), endpoint, ended, stop };
}

/** Ends what an earlier run has left, after a moment to end by itself: an earlier portal's agents do, when it is gone. */
export async function endLeftovers(runId: string | null): Promise<void> {
  if (runId === null) return;
  const variable = `TRINITY_AGENT_RUN=${runId}`;
  const deadlineAt = Date.now() + LEFTOVER_MS_MAX;
  while ((await findProcesses({ variable })).length > 0 && Date.now() < deadlineAt) await sleep(100);
  await killProcesses({ variable });
}

async function untilEnded(child: ChildProcess): Promise<string> {
  try {
    await once(child, "exit");
    return child.signalCode === null
      ? `It ended with exit code ${child.exitCode}`
      : `It was ended by ${child.signalCode}`;
  } catch (error) {
    return `It could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on("message", (message: { type?: unknown; port?: unknown }) => {
      if (message?.type === "listening" && typeof message.port === "number") resolve(message.port);
    });
  });
}
