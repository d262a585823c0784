import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { createProcessRuntime } from "#agents/process-runtime.ts";
import type { AgentRuntime, AgentSpec, AgentState } from "#agents/runtime.ts";
import { findProcesses } from "#process-table.ts";

/** The key in every spec of these tests: it must not be seen anywhere. */
export const CANARY = "tvk_canary-0123456789abcdefghijklmnopqrstuvwxyz";

/** Local agents in a folder of their own, run from the source. */
export type ProcessAgents = {
  /** The runtime's own folder is `agents` in it. */
  folder: string;
  /** A runtime, open. Several may follow each other on the same folder, as portals do. */
  openRuntime(change?: { serverArgs?: string[]; claudeCodePath?: string }): Promise<AgentRuntime>;
  /** Closes every runtime, and removes the folder. */
  end(): Promise<void>;
};

const SERVER = path.resolve(import.meta.dirname, "../agent-server/main.ts");

/** How Node runs the agent's server from its source, in any folder. */
export const AGENT_SERVER_ARGS = ["--import", import.meta.resolve("tsx"), SERVER];

/** A place for local agents. Their Claude Code only says its version: for tests of processes, not of chats. */
export async function createProcessAgents(): Promise<ProcessAgents> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "agents-"));
  const claude = path.join(folder, "claude");
  await writeFile(claude, "#!/bin/sh\necho '2.1.330 (Claude Code)'\n", { mode: 0o755 });
  const runtimes: AgentRuntime[] = [];
  return {
    folder,
    async openRuntime(change = {}) {
      const runtime = createProcessRuntime({
        folder: path.join(folder, "agents"),
        serverArgs: AGENT_SERVER_ARGS,
        claudeCodePath: claude,
        systemEnvironment: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
        ...change,
      });
      runtimes.push(runtime);
      await runtime.open();
      return runtime;
    },
    async end() {
      await Promise.all(runtimes.map((runtime) => runtime.close()));
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A spec of an agent that calls nobody. */
export function agentSpec(name: string, change: Partial<AgentSpec> = {}): AgentSpec {
  return {
    name,
    environment: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9", ANTHROPIC_AUTH_TOKEN: CANARY },
    managedSettings: { env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" } },
    labels: { type: "assistant", template: null },
    limits: { cpus: null, memoryBytes: null },
    permissions: "workspace",
    ...change,
  };
}

/** The process of the run that a state tells of. */
export async function serverPid(state: AgentState): Promise<number> {
  const [server] = await findProcesses({ variable: `TRINITY_AGENT_RUN=${state.incarnation}` });
  return server?.pid ?? 0;
}
