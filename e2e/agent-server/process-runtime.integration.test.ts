import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { agentEnvironment, managedSettings, routingVariables } from "#agents/agent-environment.ts";
import { createProcessRuntime } from "#agents/process-runtime.ts";
import { agentPaths, makeFolders, writeAgentFile } from "#agents/process-runtime-files.ts";
import type { AgentEndpoint, AgentSpec } from "#agents/runtime.ts";
import { findProcesses, sendSignal } from "#process-table.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { AGENT_SERVER_ARGS, serverPid } from "#testing/process-agents.ts";
import { toObject } from "../anthropic/json.ts";
import { scripted } from "../claude-code/agent-claude.ts";
import { ensureClaudeCode } from "../claude-code/ensure-claude-code.ts";

const HANG = scripted("hang", { kind: "tool_use", tools: [{ name: "Bash", input: { command: "sleep 300" } }] });

let gateway: TestGateway;
let agent: TestAgent;
let claudeCodePath: string;
let folder: string;
let agents = 0;
const parents: ChildProcess[] = [];
beforeAll(async () => {
  claudeCodePath = await ensureClaudeCode("2.1.330");
  gateway = await startTestGateway();
}, 600_000);
beforeEach(async () => {
  gateway.upstream.reset();
  folder = await mkdtemp(path.join(os.tmpdir(), "local-"));
  agents += 1;
  agent = await gateway.addAgent(`local-${agents}`);
});
afterEach(async () => {
  for (const parent of parents.splice(0)) {
    parent.kill("SIGTERM");
    if (parent.exitCode === null && parent.signalCode === null) await once(parent, "exit");
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});
afterAll(() => gateway.stop());

function specOf(permissions: AgentSpec["permissions"]): AgentSpec {
  const routed = { name: agent.name, ownerId: "alice", type: "assistant", template: null, virtualKey: agent.key };
  const settings = { gatewayUrl: gateway.url, helicone: null, otlp: null };
  const environment = agentEnvironment(routingVariables(routed, { routing: "gateway", keyMode: "virtual" }, settings));
  const labels = { type: "assistant", template: null };
  const limits = { cpus: null, memoryBytes: null };
  return { name: agent.name, environment, managedSettings: managedSettings(environment), labels, limits, permissions };
}

async function say({ url, token }: AgentEndpoint, message: string) {
  const headers = { "content-type": "application/json", "x-trinity-agent-token": token ?? "" };
  const response = await fetch(`${url}/api/chat`, { method: "POST", headers, body: JSON.stringify({ message }) });
  return { status: response.status, body: toObject(await response.json()) };
}

const lastBody = () => gateway.upstream.calls.at(-1)?.body ?? "";

describe("a local agent with the real Claude Code", () => {
  it("answers through the gateway, is metered, stopped by its budget, and remembers over a restart", async () => {
    const systemEnvironment = { PATH: process.env.PATH ?? "/usr/bin:/bin" };
    const runtime = createProcessRuntime({ folder, claudeCodePath, serverArgs: AGENT_SERVER_ARGS, systemEnvironment });
    await runtime.open();
    await runtime.create(specOf("workspace"), { workspace: "fresh" });
    await runtime.start(agent.name);
    expect(await runtime.inspect(agent.name)).toMatchObject({ status: "running", health: "healthy" });
    expect(await say(await runtime.endpoint(agent.name), "my word is xylophone")).toMatchObject({ status: 200 });
    expect(await gateway.ledger(agent, 1)).toMatchObject([{ outcome: "completed", priced_as: "list" }]);

    await gateway.setBudget(agent, { day: 10_000_000n, action: "block" });
    expect(await say(await runtime.endpoint(agent.name), "more")).toMatchObject({
      status: 429,
      body: { detail: { code: "budget_exceeded", agent: agent.name } },
    });
    await gateway.setBudget(agent, null);
    await runtime.restart(agent.name);
    expect(await say(await runtime.endpoint(agent.name), "again")).toMatchObject({ status: 200 });
    expect(lastBody()).toContain("xylophone");
    await runtime.close();
  });

  it("whose server is killed in the middle of a turn is back soon, and that turn's program is not left to go on", async () => {
    const systemEnvironment = { PATH: process.env.PATH ?? "/usr/bin:/bin" };
    const runtime = createProcessRuntime({ folder, claudeCodePath, serverArgs: AGENT_SERVER_ARGS, systemEnvironment });
    await runtime.open();
    await runtime.create(specOf("full"), { workspace: "fresh" });
    await runtime.start(agent.name);
    const cut = say(await runtime.endpoint(agent.name), HANG).catch(() => "cut");
    const first = await runtime.inspect(agent.name);
    const variable = `TRINITY_AGENT_RUN=${first.incarnation}`;
    await expect.poll(async () => (await findProcesses({ variable })).length, { timeout: 20_000 }).toBeGreaterThan(3);
    sendSignal(await serverPid(first), "SIGKILL");
    expect(await cut).toBe("cut");
    await expect.poll(() => findProcesses({ variable }), { timeout: 5_000 }).toEqual([]);
    const isBack = async () => {
      const { health, incarnation } = await runtime.inspect(agent.name);
      return health === "healthy" && incarnation !== first.incarnation;
    };
    await expect.poll(isBack, { timeout: 15_000 }).toBe(true);
    expect(await say(await runtime.endpoint(agent.name), "hello")).toMatchObject({ status: 200 });
    await runtime.close();
  });

  it("ends with the portal, killed in the middle of a turn, and comes back with the next one", async () => {
    const paths = agentPaths(folder, agent.name);
    await makeFolders(paths);
    await writeAgentFile(paths, { spec: specOf("full"), desired: "running", runId: null });
    const first = await startParent();
    expect(await say(first.endpoint, "my word is xylophone")).toMatchObject({ status: 200 });
    const cut = say(first.endpoint, HANG).then(
      () => "answered",
      () => "cut",
    );
    const variable = `TRINITY_AGENT_RUN=${first.runId}`;
    // The server, Claude Code, its shell and the command.
    await expect.poll(async () => (await findProcesses({ variable })).length, { timeout: 20_000 }).toBeGreaterThan(3);
    const killedAt = Date.now();
    first.process.kill("SIGKILL");
    await expect.poll(() => findProcesses({ variable }), { timeout: 15_000 }).toEqual([]);
    expect(Date.now() - killedAt).toBeLessThan(12_000);
    expect(await cut).toBeDefined();

    const second = await startParent();
    expect(second.runId).not.toBe(first.runId);
    expect(await say(second.endpoint, "again")).toMatchObject({ status: 200 });
    expect(lastBody()).toContain("xylophone");
    second.process.kill("SIGKILL");
    await expect
      .poll(() => findProcesses({ variable: `TRINITY_AGENT_RUN=${second.runId}` }), { timeout: 15_000 })
      .toEqual([]);
  });
});

/** A portal of its own process; resolves when the agent runs. */
async function startParent(): Promise<{ process: ChildProcess; runId: string; endpoint: AgentEndpoint }> {
  await mkdir(folder, { recursive: true });
  const program = path.resolve(import.meta.dirname, "runtime-parent.ts");
  const args = ["--import", import.meta.resolve("tsx"), program, folder, claudeCodePath];
  const parent = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  parents.push(parent);
  const runId = await new Promise<string>((resolve, reject) => {
    parent.once("exit", () => reject(new Error("The parent ended")));
    parent.on("message", (state: { status?: string; health?: string; incarnation?: string }) => {
      if (state.status === "running" && state.health === "healthy") resolve(String(state.incarnation));
    });
  });
  const told = new Promise<AgentEndpoint>((resolve) => {
    parent.on("message", (message: AgentEndpoint) => {
      if (message.url !== undefined) resolve(message);
    });
  });
  parent.send(agent.name);
  return { process: parent, runId, endpoint: await told };
}
