import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { killProcesses } from "#process-table.ts";
import { ensureClaudeCode } from "../claude-code/ensure-claude-code.ts";

/** An agent's server as a process of its own, with a home that outlasts it. */
export type AgentServerProcess = {
  url: string;
  token: string;
  home: string;
  workspace: string;
  pid: number;
  /** What everything it starts has in its environment. */
  variable: string;
  /** Everything it has written so far. */
  output(): string;
  /** A request with the token. */
  fetch(path: string, options?: RequestInit): Promise<Response>;
  /** Sends the signal and resolves when it is gone. The home stays. */
  end(signal?: NodeJS.Signals): Promise<void>;
};

export type AgentServerOptions = {
  /** What the agent's Claude Code is given. */
  variables: Record<string, string>;
  /** Settings of the server itself. */
  settings?: Record<string, string>;
  /** Default: a new folder. */
  home?: string;
  /** The user it runs as; default: the tests' own. */
  uid?: number;
};

const ROOT = path.resolve(import.meta.dirname, "../..");
const homes: string[] = [];

/** Starts an agent's server with the real Claude Code and exactly this environment (and PATH). */
export async function startAgentServer(options: AgentServerOptions): Promise<AgentServerProcess> {
  const home = options.home ?? (await newHome());
  const workspace = path.join(home, "workspace");
  await mkdir(workspace, { recursive: true });
  const token = `token-${randomUUID()}`;
  const runId = randomUUID();
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production" as const,
    HOME: home,
    TMPDIR: home,
    AGENT_NAME: "bot",
    AGENT_SERVER_HOST: "127.0.0.1",
    AGENT_SERVER_PORT: "0",
    AGENT_WORKSPACE: workspace,
    AGENT_PERMISSIONS: "full",
    AGENT_VARIABLES: Object.keys(options.variables).join(","),
    CLAUDE_CODE_PATH: await ensureClaudeCode("2.1.330"),
    TRINITY_AGENT_AUTH_TOKEN: token,
    TRINITY_AGENT_RUN: runId,
    ...options.settings,
    ...options.variables,
  };
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  if (options.uid !== undefined) for (const folder of [home, workspace]) await chown(folder, options.uid, options.uid);
  const args = ["--import", "tsx", "src/agent-server/main.ts"];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...identity,
  });
  const output = collect(child);
  const exited = once(child, "exit");
  const port = await Promise.race([once(child, "message").then(([message]) => message.port), exited.then(() => null)]);
  if (typeof port !== "number") throw new Error(`The agent's server did not start:\n${output()}`);
  const url = `http://127.0.0.1:${port}`;
  const variable = `TRINITY_AGENT_RUN=${runId}`;
  return {
    ...{ url, token, home, workspace, variable, output },
    pid: child.pid ?? 0,
    fetch: (to, init = {}) => {
      const headers = { "x-trinity-agent-token": token, "content-type": "application/json", ...init.headers };
      return fetch(`${url}${to}`, { ...init, headers });
    },
    async end(signal = "SIGTERM") {
      child.kill(signal);
      await exited;
      await killProcesses({ variable });
    },
  };
}

/** Removes the homes of every server of this file. */
export async function removeHomes(): Promise<void> {
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

async function newHome(): Promise<string> {
  const home = await mkdtemp(path.join(os.tmpdir(), "trinity-agent-"));
  homes.push(home);
  return home;
}

function collect(child: ChildProcess): () => string {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return () => output;
}
