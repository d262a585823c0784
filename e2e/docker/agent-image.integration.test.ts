import net from "node:net";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { agentEnvironment, managedSettings, routingVariables } from "#agents/agent-environment.ts";
import { createDockerRuntime } from "#agents/docker-runtime.ts";
import type { AgentRuntime, AgentSpec } from "#agents/runtime.ts";
import { toObject } from "../anthropic/json.ts";
import { type ScriptedAnthropic, startScriptedAnthropic } from "../anthropic/scripted-anthropic.ts";
import { scripted } from "../claude-code/agent-claude.ts";
import { AGENT_IMAGE, buildAgentImage } from "./agent-image.ts";
import { connectTestEngine, type DockerTest, removeAgents } from "./docker-test.ts";

const KEY = "tvk_canary-0123456789abcdefghijklmnopqrstuvwxyz";
const NETWORK = "trinity-llm-test-image";
const GIB = 1024 ** 3;

let test: DockerTest;
let runtime: AgentRuntime;
let upstream: ScriptedAnthropic;
let door: net.Server | undefined;
let gatewayUrl: string;
beforeAll(async () => {
  test = connectTestEngine();
  await removeAgents(test);
  await buildAgentImage(test.docker);
  upstream = await startScriptedAnthropic();
  runtime = createDockerRuntime({ engine: test.engine, image: AGENT_IMAGE, network: NETWORK, clock: () => new Date() });
  await runtime.open();
}, 600_000);
beforeEach(() => upstream.reset());
afterEach(() => removeAgents(test));
afterAll(async () => {
  await runtime.close();
  door?.close();
  await upstream.close();
  if (door !== undefined) await test.docker.getNetwork(NETWORK).remove();
});

function spec(name: string): AgentSpec {
  const routed = { name, ownerId: "alice", type: "assistant", template: null, virtualKey: KEY };
  const settings = { gatewayUrl, helicone: null, otlp: null };
  const environment = agentEnvironment(routingVariables(routed, { routing: "gateway", keyMode: "virtual" }, settings));
  return {
    name,
    environment,
    managedSettings: managedSettings(environment),
    labels: { type: "assistant", template: null },
    limits: { cpus: 1, memoryBytes: 2 * GIB },
    permissions: "full",
  };
}

/** An agent that runs. The upstream is reached on the network's own address, as the gateway is. */
async function startAgent(name: string): Promise<void> {
  gatewayUrl ??= "http://192.0.2.1:1";
  await runtime.create(spec(name), { workspace: "fresh" });
  if (door === undefined) {
    const network = await test.docker.getNetwork(NETWORK).inspect();
    gatewayUrl = await openDoor(network.IPAM?.Config?.[0]?.Gateway ?? "no address", upstream.port);
    await runtime.remove(name, { keepWorkspace: false });
    await runtime.create(spec(name), { workspace: "fresh" });
  }
  await runtime.start(name);
}

async function openDoor(host: string, port: number): Promise<string> {
  const server = net.createServer((socket) => {
    const onward = net.connect(port, "127.0.0.1");
    for (const end of [socket, onward]) end.on("error", () => undefined);
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  door = server;
  return `http://${host}:${(server.address() as net.AddressInfo).port}`; // it listens
}

async function logOf(name: string): Promise<string[]> {
  const lines: string[] = [];
  const options = { tail: 1_000, follow: false, signal: AbortSignal.timeout(10_000) };
  for await (const line of runtime.logs(name, options)) lines.push(line);
  return lines;
}

async function say(name: string, message: string) {
  const { url, token } = await runtime.endpoint(name);
  const headers = { "content-type": "application/json", "x-trinity-agent-token": token ?? "" };
  const response = await fetch(`${url}/api/chat`, { method: "POST", headers, body: JSON.stringify({ message }) });
  return { status: response.status, body: toObject(await response.json()) };
}

const inside = async (name: string, command: string) =>
  (await test.engine.exec(`agent-${name}`, ["sh", "-c", command], 20_000)).output.trim();
const lastBody = () => upstream.calls.at(-1)?.body ?? "";
const run = (command: string) => scripted("go", { kind: "tool_use", tools: [{ name: "Bash", input: { command } }] });

describe("the image of our agents", () => {
  it("runs as a user without rights, holds Claude Code once, and no key or address", async () => {
    const image = await test.docker.getImage(AGENT_IMAGE).inspect();
    expect(image.Config).toMatchObject({ User: "developer", StopSignal: "SIGTERM", ExposedPorts: { "8000/tcp": {} } });
    expect(image.Config.Healthcheck?.Test?.slice(0, 3)).toEqual(["CMD", "node", "-e"]);
    const base = await test.docker.getImage("trinity-llm-test-base:latest").inspect();
    expect(image.Size - base.Size).toBeLessThan(420_000_000);
    const history = JSON.stringify([await test.docker.getImage(AGENT_IMAGE).history(), image]);
    expect(history).not.toMatch(/ANTHROPIC|tvk_|sk-ant|TOKEN|SECRET/);
  });

  it("is made with npm's Claude Code where its program is not at hand", async () => {
    // There is no npm in this base, and no network: that it is asked for is all that can be seen here.
    await expect(buildAgentImage(test.docker, { withProgram: false })).rejects.toThrow(/returned a non-zero code: 127/);
  });

  it("chats with the real Claude Code through the gateway's address, and remembers over a restart", async () => {
    await startAgent("talker");
    expect(await runtime.inspect("talker")).toMatchObject({ status: "running", health: "healthy", problem: null });
    expect(await say("talker", "my word is xylophone")).toMatchObject({ status: 200 });
    expect(upstream.calls.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);
    const used = await say("talker", run("id -u; pwd; curl -s http://127.0.0.1:9/ || echo no-$((40+2))"));
    expect(used).toMatchObject({ status: 200, body: { metadata: { tool_count: 1 } } });
    expect(lastBody()).toContain("1000\\n/home/developer/workspace\\nno-42");
    await runtime.restart("talker");
    expect(await say("talker", "again")).toMatchObject({ status: 200 });
    expect(lastBody()).toContain("xylophone");
  });

  it("keeps its managed settings from the agent, which a repository cannot override", async () => {
    await startAgent("pinned");
    const settings = "/etc/claude-code/managed-settings.json";
    expect(await inside("pinned", `stat -c '%U %a' ${settings}; echo x >> ${settings} || echo refused`)).toMatch(
      /^root 6[04]4[\s\S]*refused$/,
    );
    const theirs = JSON.stringify({
      env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" },
    });
    await inside("pinned", `mkdir -p workspace/.claude && echo '${theirs}' > workspace/.claude/settings.json`);
    expect(await say("pinned", "hello")).toMatchObject({ status: 200 });
  });

  it("keeps its server's token from the commands it runs, and its key from every answer", async () => {
    await startAgent("quiet");
    const { token } = await runtime.endpoint("quiet");
    const { body } = await say("quiet", run("env"));
    expect(lastBody()).toContain("ANTHROPIC_BASE_URL=");
    expect(lastBody()).not.toContain(token);
    const lines = await vi.waitFor(async () => {
      const written = await logOf("quiet");
      expect(written.join()).toContain("Turn answered"); // the engine takes its time to write down what the server has said
      return written;
    }, 15_000);
    for (const secret of [KEY, String(token)]) expect(JSON.stringify([body, lines])).not.toContain(secret);
  });

  it("stops in order within seconds, in the middle of a turn, and leaves no dead process lying about", async () => {
    await startAgent("stopper");
    await inside("stopper", "for i in 1 2 3; do (setsid sleep 0.2 >/dev/null 2>&1 &); done; sleep 1");
    const zombies = "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l";
    expect(await inside("stopper", zombies)).toBe("0");
    const hanging = say("stopper", run("sleep 300"));
    await expect
      .poll(() => inside("stopper", "grep -lx sleep /proc/[0-9]*/comm | wc -l"), { timeout: 20_000 })
      .toBe("1");
    const stoppedAt = Date.now();
    await runtime.stop("stopper");
    expect(Date.now() - stoppedAt).toBeLessThan(12_000);
    expect(await hanging).toMatchObject({ status: 503, body: { detail: { code: "stopping" } } });
    const { State } = await test.docker.getContainer("agent-stopper").inspect();
    expect(State).toMatchObject({ Running: false, ExitCode: 0, OOMKilled: false });
  });
});
