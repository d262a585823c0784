import { spawn } from "node:child_process";
import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Adoption } from "#agents/adoption.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

import { agentContainers, connectTestEngine, type DockerTest, removeAgents, variableInside } from "./docker-test.ts";
import { comparable, createForeignAgent, removeNetworks } from "./foreign-agent.ts";
import { ADMIN, createTestAdoption, GATEWAY } from "./test-adoption.ts";
import { buildFakeAgent } from "./test-images.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

let test: DockerTest;
let database: TestDatabase;
let prisma: PrismaClient;
let adoption: Adoption;

beforeAll(async () => {
  test = connectTestEngine();
  await removeAgents(test);
  await buildFakeAgent(test.docker);
});
beforeEach(async () => {
  database = await createTestDatabase();
  prisma = createPrisma(database.databaseUrl);
  adoption = createTestAdoption({ engine: test.engine, prisma });
});
afterEach(async () => {
  await removeAgents(test);
  await prisma.$disconnect();
  await database.drop();
});
afterAll(() => removeNetworks(test));

const inspect = () => test.docker.getContainer("agent-x").inspect();

/** Runs the deed in a process of its own that is killed right after that step; gives how the process ended. */
async function crash(deed: "route" | "unroute", crashAfter: string): Promise<NodeJS.Signals | null> {
  const { databaseUrl } = database;
  const settings = JSON.stringify({ dockerHost: test.dockerHost, databaseUrl, name: "x", deed, crashAfter });
  const args = ["--import", "tsx", "e2e/docker/crashing-adoption.ts", settings];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
}

describe("a recreate whose process is killed", () => {
  it.each([
    ["stop", "undone"],
    ["rename", "undone"],
    ["create", "undone"],
    ["connect", "undone"],
    ["start", "undone"],
    ["exec", "undone"],
    ["remove", "finished"],
  ])("right after it was to %s is %s", async (step, outcome) => {
    await createForeignAgent(test, { name: "x", env: ["ANTHROPIC_CUSTOM_HEADERS=X-Team: blue"] });
    const before = await inspect();
    expect(await crash("route", step)).toBe("SIGKILL");
    expect(await prisma.containerRecreate.count()).toBe(1);

    await adoption.settle();
    expect(await prisma.containerRecreate.count()).toBe(0);
    expect(await agentContainers(test)).toHaveLength(1);
    const after = await inspect();
    expect(after.State.Status).toBe("running");
    if (outcome === "undone") expect(comparable(after)).toEqual(comparable(before));
    else expect(await variableInside(test, "agent-x", "ANTHROPIC_BASE_URL")).toBe(GATEWAY);
    expect((await adoption.list())[0]?.state).toBe(outcome === "undone" ? "not_routed" : "routed");

    await adoption.route(ADMIN, "x");
    await adoption.unroute(ADMIN, "x");
    expect(comparable(await inspect())).toEqual(comparable(before));
  });

  it.each(["rename", "create", "remove"])(
    "while it gives a stopped one back, after %s, leaves it stopped",
    async (step) => {
      await createForeignAgent(test, { name: "x", isRunning: false });
      const before = await inspect();
      await adoption.route(ADMIN, "x");
      expect(await crash("unroute", step)).toBe("SIGKILL");
      await adoption.settle();
      expect((await inspect()).State.Status).toBe("created");
      await adoption.unroute(ADMIN, "x");
      expect(comparable(await inspect())).toEqual(comparable(before));
      expect(await agentContainers(test)).toHaveLength(1);
    },
  );

  it("and whose containers somebody has removed since, is forgotten", async () => {
    await createForeignAgent(test, { name: "x" });
    expect(await crash("route", "create")).toBe("SIGKILL");
    await removeAgents(test);
    await adoption.settle();
    expect(await prisma.containerRecreate.count()).toBe(0);
  });
});
