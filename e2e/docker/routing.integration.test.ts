import { randomUUID } from "node:crypto";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "#config.ts";
import type { Actor } from "#domain/agent.ts";
import { createPlatform, type Platform } from "#platform.ts";
import { createPrisma } from "#prisma-client.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

import { connectTestEngine, type DockerTest, removeAgents, variableInside } from "./docker-test.ts";
import { CANARY, createForeignAgent, removeNetworks } from "./foreign-agent.ts";
import { buildFakeAgent, FAKE_AGENT_IMAGE } from "./test-images.ts";

const NETWORK = "trinity-llm-test-routing";
const GATEWAY = "http://gateway.test:8585";
const HELICONE = {
  HELICONE_ENABLED: "true",
  HELICONE_URL: "http://helicone.test:8585",
  HELICONE_WRITE_KEY: "sk-helicone-writes",
};
const OWN_KEY = "sk-ant-own-key-of-the-agent";
const credential = { kind: "api_key", value: OWN_KEY } as const;

let test: DockerTest;
let database: TestDatabase;
let platform: Platform;
let ada: Actor;

beforeAll(async () => {
  test = connectTestEngine();
  await removeAgents(test);
  await buildFakeAgent(test.docker);
});
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await platform.close();
  await removeAgents(test);
  await database.drop();
});
afterAll(async () => {
  await removeNetworks(test);
  await test.docker.getNetwork(NETWORK).remove();
});

/** The portal's services with these settings, and an admin. */
async function open(settings: Record<string, string> = {}): Promise<void> {
  const environment = {
    DATABASE_URL: database.databaseUrl,
    NEXTAUTH_SECRET: "a-session-secret-that-only-tests-use",
    GATEWAY_URL: GATEWAY,
    DOCKER_HOST: test.dockerHost,
    AGENT_IMAGE: FAKE_AGENT_IMAGE,
    AGENT_NETWORK: NETWORK,
    LOG_LEVEL: "error",
    ...settings,
  };
  platform = createPlatform(readConfig(environment as unknown as NodeJS.ProcessEnv)); // all it reads
  ada = { userId: randomUUID(), name: "Ada", role: "admin" };
  const prisma = createPrisma(database.databaseUrl);
  await prisma.user.create({
    data: { id: ada.userId, email: "ada@example.com", name: "Ada", role: "admin", passwordHash: "x" },
  });
  await prisma.$disconnect();
}

/** What a program inside sees of what decides where calls go, and what pays for them. */
async function seenInside(name: string) {
  const [url, token, key, headers, otel] = await Promise.all(
    ["ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS"]
      .concat("OTEL_EXPORTER_OTLP_ENDPOINT")
      .map((variable) => variableInside(test, `agent-${name}`, variable)),
  );
  return { url, token, key, headers, otel };
}

const KEY = /^tvk_[\w-]{43}$/;
/** Whose calls the gateway does not see reports its costs to it. */
const GATEWAYS_OWN = expect.stringMatching(/^http:.*\/otlp$/);
const OUR_HEADER = /^X-Trinity-Agent: tvk_[\w-]{43}$/;

describe("inside the container of an agent of ours, the variables say", () => {
  it.each([
    ["gateway", null, { url: GATEWAY, token: expect.stringMatching(KEY), key: null, headers: null }],
    ["gateway", credential, { url: GATEWAY, token: null, key: OWN_KEY, headers: expect.stringMatching(OUR_HEADER) }],
    [
      "helicone",
      credential,
      {
        url: "http://helicone.test:8585/v1/gateway/anthropic",
        token: null,
        key: OWN_KEY,
        headers: expect.stringMatching(/^Helicone-Auth: Bearer sk-helicone-writes\nHelicone-User-Id: boxed\n/),
      },
    ],
    ["direct", credential, { url: null, token: null, key: OWN_KEY, headers: null }],
  ] as const)("with routing %s and the credential %j", async (routing, own, expected) => {
    await open(HELICONE);
    const { agent, problem } = await platform.fleet.create(ada, {
      name: "boxed",
      runtime: "docker",
      routing,
      credential: own,
    });
    expect([problem, agent.routing]).toEqual([null, routing]);
    expect(await seenInside("boxed")).toEqual({ ...expected, otel: routing === "direct" ? GATEWAYS_OWN : null });
  });

  it("with routing helicone and Helicone turned off: no base URL, and no key of Helicone's", async () => {
    await open({ ...HELICONE, HELICONE_ENABLED: "false" });
    await platform.fleet.create(ada, { name: "boxed", runtime: "docker", routing: "helicone", credential });
    expect(await seenInside("boxed")).toMatchObject({ url: null, headers: null, key: OWN_KEY });
  });

  it("with routing gateway and Helicone turned off: the gateway all the same", async () => {
    await open({ ...HELICONE, HELICONE_ENABLED: "false" });
    await platform.fleet.create(ada, { name: "boxed", runtime: "docker" });
    expect(await seenInside("boxed")).toMatchObject({ url: GATEWAY, token: expect.stringMatching(KEY) });
  });

  it("where telemetry goes, and by which protocol", async () => {
    await open({ OTEL_COLLECTOR_ENDPOINT: "http://collector.test:4317" });
    const owner = { ownerId: ada.userId, type: "50% a=b,c" };
    await platform.fleet.create(ada, { name: "boxed", runtime: "docker", ...owner });
    expect((await seenInside("boxed")).otel).toBe("http://collector.test:4317");
    expect(await variableInside(test, "agent-boxed", "OTEL_EXPORTER_OTLP_PROTOCOL")).toBe("grpc");
    expect(await variableInside(test, "agent-boxed", "OTEL_RESOURCE_ATTRIBUTES")).toBe(
      `agent.name=boxed,agent.owner=${ada.userId},agent.type=50%25%20a%3Db%2Cc`,
    );
  });

  it("the new way when the routing is changed, with a new key and the same files", async () => {
    await open(HELICONE);
    const { agent } = await platform.fleet.create(ada, { name: "boxed", runtime: "docker" });
    const before = await seenInside("boxed");
    await test.engine.exec("agent-boxed", ["sh", "-c", "echo kept > /home/developer/note"], 10_000);
    await platform.fleet.setRouting(ada, agent, { routing: "direct", credential });
    expect(await seenInside("boxed")).toMatchObject({ url: null, token: null, key: OWN_KEY });
    expect((await test.engine.exec("agent-boxed", ["cat", "/home/developer/note"], 10_000)).output.trim()).toBe("kept");
    await platform.fleet.setRouting(ada, agent, { routing: "gateway", credential: null });
    const after = await seenInside("boxed");
    expect(after).toMatchObject({ url: GATEWAY, token: expect.stringMatching(KEY), key: null });
    expect(after.token).not.toBe(before.token);
  });
});

describe("inside a container of Trinity's, the variables say", () => {
  it.each([
    ["gateway", "true", { url: GATEWAY, headers: expect.stringMatching(OUR_HEADER) }],
    ["helicone", "true", { url: "http://helicone.test:8585/v1/gateway/anthropic" }],
    ["helicone", "false", { url: null, headers: null }],
    ["direct", "true", { url: null, headers: null }],
  ] as const)("with routing %s and HELICONE_ENABLED=%s", async (routing, isOn, expected) => {
    await open({ ...HELICONE, HELICONE_ENABLED: isOn, OTEL_COLLECTOR_ENDPOINT: "http://collector.test:4318" });
    await createForeignAgent(test, { name: "foreign" });
    await platform.adoption.route(ada, "foreign", { routing });
    expect(await platform.adoption.find("foreign")).toMatchObject({ state: "routed", routing });
    const seen = await seenInside("foreign");
    expect(seen).toMatchObject({ ...expected, key: CANARY, token: null, otel: "http://collector.test:4318" });
  });
});
