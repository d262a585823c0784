import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { connectDocker, type DockerEngine } from "#agents/docker-engine.ts";
import { createDockerRuntime } from "#agents/docker-runtime.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";
import { buildDockerProxyImage, COMPOSE_IMAGES } from "./compose-images.ts";
import { connectTestEngine, type DockerTest, removeAgents, variableInside } from "./docker-test.ts";
import { createForeignAgent, removeNetworks } from "./foreign-agent.ts";
import { ADMIN, createTestAdoption, GATEWAY } from "./test-adoption.ts";
import { buildFakeAgent, FAKE_AGENT_IMAGE } from "./test-images.ts";

const NAME = "trinity-llm-test-docker-proxy";
const AGENTS = "trinity-llm-test-proxied-agents";
const SETTINGS = path.resolve(import.meta.dirname, "../../docker/compose/docker-proxy.cfg");

let test: DockerTest;
/** What the portal has of the engine. */
let proxied: DockerEngine;
let url: string;
let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  test = connectTestEngine();
  await removeAgents(test);
  await Promise.all([buildFakeAgent(test.docker), buildDockerProxyImage(test.docker)]);
  url = await startProxy(test);
  proxied = connectDocker(url.replace("http:", "tcp:"));
  database = await createTestDatabase();
  prisma = createPrisma(database.databaseUrl);
});
afterAll(async () => {
  await prisma.$disconnect();
  await database.drop();
  await removeAgents(test);
  await removeNetworks(test);
  await test.docker.getContainer(NAME).remove({ force: true });
  for (const name of [NAME, AGENTS]) await test.docker.getNetwork(name).remove();
});

/** As docker-compose.yml has it. */
async function startProxy({ docker, dockerHost }: DockerTest): Promise<string> {
  await docker.createNetwork({ Name: NAME, Internal: true });
  const container = await docker.createContainer({
    name: NAME,
    Image: COMPOSE_IMAGES.DOCKER_PROXY_IMAGE,
    Cmd: ["haproxy", "-f", "/etc/trinity/docker-proxy.cfg"],
    User: "0:0",
    HostConfig: {
      NetworkMode: NAME,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      ReadonlyRootfs: true,
      Tmpfs: { "/tmp": "" },
      Binds: [`${new URL(dockerHost).pathname}:/var/run/docker.sock`, `${SETTINGS}:/etc/trinity/docker-proxy.cfg:ro`],
    },
  });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const address = `http://${NetworkSettings.Networks[NAME]?.IPAddress}:2375`;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const isUp = await fetch(`${address}/_ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return address;
    await sleep(100);
  }
  throw new Error("The proxy does not come up.");
}

/** The status of a call that is not let through, or of what the engine says to it. */
async function statusOf(call: string, body?: unknown): Promise<number> {
  const [method = "", target = ""] = call.split(" ");
  const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
  const sent = method === "GET" ? {} : { body: text, headers: { "content-type": "application/json" } };
  const response = await fetch(`${url}${target}`, { method, ...sent });
  await response.text();
  return response.status;
}

describe("the proxy before Docker's socket", () => {
  it("lets the portal make, start, reach, look at, stop and remove an agent of its own", async () => {
    const place = { engine: proxied, image: FAKE_AGENT_IMAGE, network: AGENTS, clock: () => new Date() };
    const runtime = createDockerRuntime({ ...place, startMs: 30_000 });
    await proxied.createNetwork(AGENTS, { "trinity.platform": "infrastructure" });
    const spec = {
      name: "proxied",
      environment: { ANTHROPIC_BASE_URL: "http://gateway:8585" },
      managedSettings: { env: {} },
      labels: { type: "researcher", template: null },
      limits: { cpus: 0.5, memoryBytes: 512 * 1024 * 1024 },
      permissions: "full" as const,
    };
    await runtime.create(spec, { workspace: "fresh" });
    await runtime.start("proxied");
    expect(await runtime.inspect("proxied")).toMatchObject({ status: "running", health: "healthy", problem: null });
    expect(await runtime.usage("proxied")).not.toBeNull();
    expect(await proxied.exec("agent-proxied", ["printenv", "ANTHROPIC_BASE_URL"], 10_000)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining("http://gateway:8585"),
    });
    await runtime.remove("proxied", { keepWorkspace: false });
    expect(await runtime.inspect("proxied")).toMatchObject({ status: "missing", hasWorkspace: false });
  });

  it("lets the portal route an agent of Trinity's, and give it back", async () => {
    await createForeignAgent(test, { name: "theirs" });
    const adoption = createTestAdoption({ engine: proxied, prisma });
    await adoption.route(ADMIN, "theirs");
    expect(await variableInside(test, "agent-theirs", "ANTHROPIC_BASE_URL")).toBe(GATEWAY);
    await adoption.unroute(ADMIN, "theirs");
    expect(await adoption.list()).toMatchObject([{ name: "theirs", state: "not_routed", problem: null }]);
    expect(await variableInside(test, "agent-theirs", "ANTHROPIC_BASE_URL")).toBeNull();
  });

  it.each([
    "POST /images/create?fromImage=busybox",
    "POST /build",
    "POST /commit?container=x",
    "POST /containers/prune",
    "POST /containers/x/attach",
    "POST /containers/x/kill",
    "POST /containers/x/update",
    "GET /containers/x/export",
    "GET /info",
    "GET /secrets",
    "POST /swarm/init",
    "POST /session",
    "DELETE /volumes/trinity-llm_postgres-data",
    "DELETE /networks/bridge",
    "DELETE /images/x",
    "GET /v1.41/containers/../info",
    "GET /containers/x%2F..%2F..%2Finfo/json",
    "PUT /containers/x/json",
  ])("refuses %s", async (call) => {
    expect(await statusOf(call)).toBe(403);
  });

  const image = { Image: "none:none" };
  const CREATE = "POST /v1.41/containers/create?name=agent-x";
  it.each<[string, string, unknown]>([
    ["a name that is no agent's", "POST /containers/create?name=evil", image],
    ["no name", "POST /containers/create", image],
    ["privileges", CREATE, { ...image, HostConfig: { Privileged: true } }],
    ["privileges in other letters", CREATE, `{"Image":"none:none","hostconfig":{"PRIVILEGED" : true}}`],
    ["privileges spelled in numbers", CREATE, `{"Image":"none:none","HostConfig":{"Priv\\u0069leged":true}}`],
    ["the machine's folders", CREATE, { ...image, HostConfig: { Binds: ["/:/host"] } }],
    ["the machine's folders, by a mount", CREATE, { HostConfig: { Mounts: [{ Target: "/x", Source: "/etc" }] } }],
    ["the machine's folders, by a detour", CREATE, { ...image, HostConfig: { Binds: ["/opt/../etc:/x"] } }],
    ["Docker's socket", CREATE, { ...image, HostConfig: { Binds: ["/var/run/docker.sock:/s:rw"] } }],
    ["the machine's processes", CREATE, { ...image, HostConfig: { PidMode: "host" } }],
    ["the machine's network", CREATE, { ...image, HostConfig: { NetworkMode: "host" } }],
    ["another container's network", CREATE, { ...image, HostConfig: { NetworkMode: "container:postgres" } }],
    ["another container's volumes", CREATE, { ...image, HostConfig: { VolumesFrom: ["postgres"] } }],
    ["a device", CREATE, { ...image, HostConfig: { Devices: [{ PathOnHost: "/dev/sda" }] } }],
    ["rights over the machine", CREATE, { ...image, HostConfig: { CapAdd: ["NET_RAW", "SYS_ADMIN"] } }],
    ["no confinement", CREATE, { ...image, HostConfig: { SecurityOpt: ["apparmor=unconfined"] } }],
    ["a body that is too long to be read", CREATE, { ...image, Env: [`X=${"x".repeat(120_000)}`] }],
    ["a program with privileges", "POST /containers/agent-x/exec", { Cmd: ["sh"], Privileged: true }],
    ["a volume that is a folder of the machine", "POST /volumes/create", { Name: "v", DriverOpts: { device: "/" } }],
    ["a network that is the machine's", "POST /networks/create", { Name: "n", Driver: "macvlan" }],
    ["a name that hides what is no agent", "POST /containers/agent-x/rename?name=postgres", {}],
  ])("refuses a request for %s", async (_what, call, body) => {
    expect(await statusOf(call, body)).toBe(403);
  });

  it("lets a plain agent through to the engine, as one of Trinity's is made", async () => {
    const HostConfig = {
      NetworkMode: "default",
      Binds: ["agent-x-workspace:/home/developer:rw", "/opt/trinity/templates/x:/template:ro"],
      CapDrop: ["ALL"],
      CapAdd: ["NET_BIND_SERVICE", "AUDIT_WRITE"],
      SecurityOpt: ["apparmor:docker-default"],
      MaskedPaths: ["/proc/kcore", "/sys/firmware"],
      Devices: [],
    };
    expect(await statusOf(CREATE, { ...image, Env: ["A=/etc/x:/y"], HostConfig })).toBe(404); // there is no such image
  });
});
