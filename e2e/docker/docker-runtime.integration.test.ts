import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { connectDocker } from "#agents/docker-engine.ts";
import { createDockerRuntime } from "#agents/docker-runtime.ts";
import type { AgentRuntime, AgentSpec, AgentState } from "#agents/runtime.ts";

import { connectTestEngine, type DockerTest, removeAgents, until, variableInside, within } from "./docker-test.ts";
import { buildFakeAgent, FAKE_AGENT_IMAGE } from "./test-images.ts";

const KEY = "tvk_0123456789abcdef0123456789abcdef";
const NETWORK = "trinity-llm-test-agents";
const MEMORY = 512 * 1024 * 1024;

let test: DockerTest;
let runtime: AgentRuntime;

beforeAll(async () => {
  test = connectTestEngine();
  await removeAgents(test);
  await buildFakeAgent(test.docker);
  runtime = createRuntime();
  await runtime.open();
});
afterEach(() => removeAgents(test));
afterAll(async () => {
  await runtime.close();
  await test.docker.getNetwork(NETWORK).remove();
});

function createRuntime(image = FAKE_AGENT_IMAGE, startMs = 30_000): AgentRuntime {
  return createDockerRuntime({ engine: test.engine, image, network: NETWORK, clock: () => new Date(), startMs });
}

function spec(name: string, environment: Record<string, string> = {}): AgentSpec {
  return {
    name,
    environment: { ANTHROPIC_BASE_URL: "http://gateway:8585", ANTHROPIC_AUTH_TOKEN: KEY, ...environment },
    managedSettings: { env: { ANTHROPIC_BASE_URL: "http://gateway:8585" } },
    labels: { type: "researcher", template: "local:test" },
    limits: { cpus: 0.5, memoryBytes: MEMORY },
    permissions: "full",
  };
}

describe("an agent in a container", () => {
  it("is made stopped, starts, answers, stops, starts again, and goes with its files", async () => {
    await runtime.create(spec("life"), { workspace: "fresh" });
    expect(await runtime.inspect("life")).toMatchObject({
      status: "stopped",
      health: "unknown",
      problem: null,
      labels: { type: "researcher", template: "local:test" },
      limits: { cpus: 0.5, memoryBytes: MEMORY },
      hasWorkspace: true,
    });
    await runtime.start("life");
    const running = await runtime.inspect("life");
    expect(running).toMatchObject({ status: "running", health: "healthy", problem: null });
    const { url, token } = await runtime.endpoint("life");
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "healthy" });
    expect((await fetch(`${url}/api/activity`)).status).toBe(401);
    expect((await fetch(`${url}/api/activity`, { headers: { "x-trinity-agent-token": token ?? "" } })).status).toBe(
      200,
    );
    await runtime.start("life");
    expect((await runtime.inspect("life")).startedAt).toEqual(running.startedAt);

    await runtime.stop("life");
    await runtime.stop("life");
    expect(await runtime.inspect("life")).toMatchObject({ status: "stopped", startedAt: null, problem: null });
    await expect(runtime.endpoint("life")).rejects.toMatchObject({ code: "unavailable" });
    expect(await runtime.usage("life")).toBeNull();
    await runtime.restart("life");
    expect((await runtime.inspect("life")).status).toBe("running");

    await runtime.remove("life", { keepWorkspace: false });
    expect(await runtime.inspect("life")).toMatchObject({ status: "missing", incarnation: null, hasWorkspace: false });
  });

  it("has no privilege, no published port, no root, and settings that it cannot change", async () => {
    await runtime.create(spec("fenced"), { workspace: "fresh" });
    await runtime.start("fenced");
    const { Config, HostConfig, NetworkSettings } = await test.docker.getContainer("agent-fenced").inspect();
    expect(HostConfig).toMatchObject({
      CapDrop: ["ALL"],
      CapAdd: null,
      Privileged: false,
      SecurityOpt: ["no-new-privileges:true"],
      PortBindings: {},
      PublishAllPorts: false,
      NanoCpus: 500_000_000,
      Memory: MEMORY,
      MemorySwap: MEMORY,
      RestartPolicy: { Name: "unless-stopped" },
    });
    expect(HostConfig.PidsLimit).toBeGreaterThan(0);
    expect(Object.keys(NetworkSettings.Networks)).toEqual([NETWORK]);
    expect(Config.Labels).toMatchObject({ "trinity.platform": "agent", "trinity.agent-name": "fenced" });
    const file = "/etc/claude-code/managed-settings.json";
    const attempt = await test.engine.exec(
      "agent-fenced",
      [
        "sh",
        "-c",
        `id -u; stat -c '%U %a' ${file} /etc/claude-code; cat ${file}; echo x >> ${file}; rm -f ${file}; ls ${file}`,
      ],
      10_000,
    );
    expect(attempt.output).toMatch(/^1000\r\nroot 644\r\nroot 755\r\n/);
    expect(attempt.output).toContain('"ANTHROPIC_BASE_URL": "http://gateway:8585"');
    expect(attempt.output).toMatch(/Permission denied[\s\S]*managed-settings\.json\r\n$/);
    expect(await variableInside(test, "agent-fenced", "ANTHROPIC_AUTH_TOKEN")).toBe(KEY);
  });

  it("keeps its files for the next container of its name, and only for that", async () => {
    await runtime.create(spec("heir"), { workspace: "fresh" });
    await runtime.start("heir");
    await test.engine.exec("agent-heir", ["sh", "-c", "echo kept > /home/developer/note"], 10_000);
    await runtime.remove("heir", { keepWorkspace: true });
    expect(await runtime.inspect("heir")).toMatchObject({ status: "missing", hasWorkspace: true });
    await expect(runtime.create(spec("heir"), { workspace: "fresh" })).rejects.toMatchObject({ code: "conflict" });
    await runtime.create(spec("heir", { FOO: "bar" }), { workspace: "reuse" });
    await runtime.start("heir");
    const { output } = await test.engine.exec("agent-heir", ["cat", "/home/developer/note"], 10_000);
    expect(output).toBe("kept\r\n");
    await runtime.remove("heir", { keepWorkspace: true });
    await runtime.remove("heir", { keepWorkspace: false });
    expect((await runtime.inspect("heir")).hasWorkspace).toBe(false);
  });

  it("shows its output line by line, follows it over a restart, and stops when asked", async () => {
    await runtime.create(spec("loud"), { workspace: "fresh" });
    await runtime.start("loud");
    const signal = AbortSignal.timeout(60_000);
    const first: string[] = [];
    for await (const line of runtime.logs("loud", { tail: 1000, follow: false, signal })) first.push(line);
    expect(first).toEqual(expect.arrayContaining(["begins with 2 arguments", "a word on standard error"]));

    const reader = new AbortController();
    const lines: string[] = [];
    const reading = (async () => {
      for await (const line of runtime.logs("loud", { tail: 1, follow: true, signal: reader.signal })) lines.push(line);
    })();
    await until(() => lines.length > 2);
    await runtime.restart("loud");
    await until(() => lines.includes("begins with 2 arguments"));
    reader.abort();
    await reading;
    const ticks = lines.slice(0, lines.indexOf("begins with 2 arguments")).filter((line) => line.startsWith("tick"));
    expect(new Set(ticks).size).toBe(ticks.length);
  });

  it("tells what it uses", async () => {
    await runtime.create(spec("hungry"), { workspace: "fresh" });
    await runtime.start("hungry");
    const usage = await runtime.usage("hungry");
    expect(usage?.memoryLimitBytes).toBe(MEMORY);
    expect(usage?.memoryBytes).toBeGreaterThan(5_000_000);
    expect(usage?.memoryBytes).toBeLessThan(MEMORY);
    expect(usage?.cpuPercent).toBeGreaterThanOrEqual(0);
  });
});

describe("what happens behind our back", () => {
  it("is known within two seconds", async () => {
    const seen: AgentState[] = [];
    const stop = runtime.watch((state) => seen.push(state));
    await runtime.create(spec("watched"), { workspace: "fresh" });
    await runtime.start("watched");
    await until(() => seen.at(-1)?.status === "running");
    const container = test.docker.getContainer("agent-watched");
    await container.pause();
    expect(await within(2_000, () => seen.at(-1)?.status === "paused")).toBe(true);
    await container.unpause();
    await container.kill({ signal: "SIGKILL" }); // which Docker takes for a wish, as it does with stop
    expect(await within(2_000, () => seen.at(-1)?.status === "stopped")).toBe(true);
    await container.remove({ force: true });
    expect(await within(2_000, () => seen.at(-1)?.status === "missing")).toBe(true);
    stop();
    for (const attempt of [runtime.start, runtime.stop, runtime.usage]) {
      await expect(attempt("watched")).rejects.toMatchObject({ code: "not_found" });
    }
    await runtime.remove("watched", { keepWorkspace: false });
  });

  it("leaves containers of others alone", async () => {
    const foreign = await test.docker.createContainer({
      name: "agent-foreign",
      Image: FAKE_AGENT_IMAGE,
      Labels: { "trinity.platform": "agent", "trinity.agent-name": "foreign" },
    });
    await expect(runtime.create(spec("foreign"), { workspace: "fresh" })).rejects.toMatchObject({ code: "conflict" });
    await expect(runtime.remove("foreign", { keepWorkspace: false })).rejects.toMatchObject({ code: "not_found" });
    expect(await runtime.list()).toEqual([]);
    expect((await foreign.inspect()).State.Status).toBe("created");
  });
});

describe("what cannot be done leaves nothing behind", () => {
  it("an image that is missing", async () => {
    const attempt = createRuntime("no-such-image:1").create(spec("imageless"), { workspace: "fresh" });
    await expect(attempt).rejects.toMatchObject({ code: "unavailable", message: /no-such-image:1.*docker build/ });
    await expectNothing("imageless");
  });

  it("an agent that ends at once, or never answers, is stopped", async () => {
    await runtime.create(spec("ends", { FAKE_EXIT: "3" }), { workspace: "fresh" });
    await expect(runtime.start("ends")).rejects.toMatchObject({ code: "unavailable", message: /exit code 3/ });
    await sleep(1_500);
    expect(await runtime.inspect("ends")).toMatchObject({ status: "stopped", problem: /exit code 3/ });

    const impatient = createRuntime(FAKE_AGENT_IMAGE, 1_500);
    await impatient.create(spec("mute", { FAKE_HEALTH: "fails-when-routed" }), { workspace: "fresh" });
    await expect(impatient.start("mute")).rejects.toMatchObject({ code: "unavailable", message: /did not answer/ });
    expect((await impatient.inspect("mute")).status).toBe("stopped");
  });

  it("a name that no container may have", async () => {
    for (const name of ["../up", "a\nb", "x".repeat(300), "Upper", ""]) {
      await expect(runtime.create(spec(name), { workspace: "fresh" })).rejects.toMatchObject({ code: "invalid_input" });
      await expect(runtime.start(name)).rejects.toMatchObject({ code: "not_found" });
      expect((await runtime.inspect(name)).status).toBe("missing");
    }
  });

  it("an engine that is down is one sentence, without a secret", async () => {
    const away = createDockerRuntime({
      engine: connectDocker("unix:///tmp/no-such-engine.sock"),
      image: FAKE_AGENT_IMAGE,
      network: NETWORK,
      clock: () => new Date(),
    });
    const attempts = [
      () => away.open(),
      () => away.create(spec("away"), { workspace: "fresh" }),
      () => away.inspect("away"),
      () => away.list(),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: "unavailable", message: /engine at .* does not answer/ });
    }
  });

  async function expectNothing(name: string) {
    expect(await runtime.inspect(name)).toMatchObject({ status: "missing", hasWorkspace: false });
  }
});
