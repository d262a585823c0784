import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createAdoptedRuntime } from "#agents/adopted-runtime.ts";
import type { Adoption } from "#agents/adoption.ts";
import { createAdoptionStore } from "#agents/adoption-store.ts";
import { watchAdoption } from "#agents/adoption-watch.ts";
import { tarOf } from "#agents/docker-archive.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";
import { readTemplateBudget, TEMPLATE_FILE } from "#agents/template-file.ts";
import { DomainError } from "#domain/errors.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { SILENT } from "#testing/calls.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

import { agentContainers, connectTestEngine, type DockerTest, removeAgents, until } from "./docker-test.ts";
import { CANARY, comparable, createForeignAgent, removeNetworks, TRINITY_NETWORK } from "./foreign-agent.ts";
import { ADMIN, createTestAdoption } from "./test-adoption.ts";
import { buildFakeAgent } from "./test-images.ts";

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

const inspect = (name: string) => test.docker.getContainer(`agent-${name}`).inspect();

it("adopted agents are started, stopped, read and reached like ours, and removed by giving them back", async () => {
  await createForeignAgent(test, { name: "run", env: ["TRINITY_AGENT_AUTH_TOKEN=their-token"] });
  const before = await inspect("run");
  await adoption.route(ADMIN, "run");
  const runtime = createAdoptedRuntime({
    engine: test.engine,
    network: TRINITY_NETWORK,
    store: createAdoptionStore(prisma),
    adoption,
  });
  expect(await runtime.inspect("run")).toMatchObject({ status: "running", labels: { type: "business-assistant" } });
  const { url, token } = await runtime.endpoint("run");
  expect(token).toBe("their-token");
  expect((await fetch(`${url}/api/activity`, { headers: { "x-trinity-agent-token": token ?? "" } })).status).toBe(200);
  await runtime.stop("run");
  expect((await runtime.list()).map(({ name, status }) => `${name} ${status}`)).toEqual(["run stopped"]);
  await runtime.start("run");
  expect((await inspect("run")).State.Status).toBe("running");
  await runtime.remove("run", { keepWorkspace: true });
  expect(comparable(await inspect("run"))).toEqual(comparable(before));
  await expect(runtime.start("nobody")).rejects.toMatchObject({ code: "not_found" });
});

it("an agent's template may propose limits, and is read whether its container runs or not", async () => {
  await createForeignAgent(test, { name: "template" });
  const container = test.docker.getContainer("agent-template");
  expect(await readTemplateBudget(test.engine, "agent-template")).toBeNull();
  const content = "name: template\nbudget:\n  daily_limit: 2.50\n  action_on_exceed: block\n";
  await container.putArchive(tarOf([{ path: TEMPLATE_FILE.slice(1), content }]), { path: "/" });
  const proposed = { daily: "2.50", monthly: null, actionOnExceed: "block" };
  expect(await readTemplateBudget(test.engine, "agent-template")).toEqual(proposed);
  await container.stop({ t: 1 });
  expect(await readTemplateBudget(test.engine, "agent-template")).toEqual(proposed);
});

describe("an engine that goes away in the middle", () => {
  it.each(["create", "start"] as const)("at %s: the container is put back once the engine answers", async (step) => {
    await createForeignAgent(test, { name: "outage" });
    const before = await inspect("outage");
    const engine = failingAfter(step);
    const interrupted = createTestAdoption({ engine: engine.engine, prisma });
    await expect(interrupted.route(ADMIN, "outage")).rejects.toMatchObject({ code: "unavailable" });
    expect(await prisma.containerRecreate.count()).toBe(1);
    engine.comeBack();
    await interrupted.settle();
    expect(comparable(await inspect("outage"))).toEqual(comparable(before));
    expect((await inspect("outage")).State.Status).toBe("running");
    expect(await agentContainers(test)).toHaveLength(1);
    expect(await adoption.list()).toMatchObject([{ state: "not_routed", problem: null }]);
  });
});

it("no answer, error, log line or audit entry holds a secret of the container, or our key", async () => {
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line) => lines.push(line) });
  const spoken = createTestAdoption({ engine: test.engine, prisma, log });
  const env = [`ANTHROPIC_CUSTOM_HEADERS=Authorization: Bearer ${CANARY}`, "FAKE_HEALTH=fails-when-routed"];
  await createForeignAgent(test, { name: "secretive", env });
  const said: unknown[] = [await spoken.list(), await spoken.preview("secretive")];
  said.push(await spoken.routeIdle(ADMIN));
  await test.docker.getContainer("agent-secretive").stop();
  await spoken.route(ADMIN, "secretive");
  said.push(
    await spoken.list(),
    await spoken.preview("secretive"),
    await spoken.unrouteAll(ADMIN),
    await spoken.list(),
  );
  said.push(await prisma.auditEntry.findMany({ select: { before: true, after: true, action: true } }), lines);
  const text = JSON.stringify(said);
  expect(text).toContain("agent.unroute");
  expect(text).not.toContain(CANARY);
  expect(text).not.toMatch(/tvk_[\w-]{8}/);
});

/** The engine, which stops answering right after it has done that. */
function failingAfter(step: "create" | "start"): { engine: DockerEngine; comeBack: () => void } {
  let isAway = false;
  const entries = Object.entries(test.engine).map(([name, call]) => {
    if (typeof call !== "function") return [name, call];
    const work = call as (...args: unknown[]) => Promise<unknown>; // each of the engine's is one
    return [
      name,
      async (...args: unknown[]) => {
        if (isAway) throw new DomainError("unavailable", "The Docker engine does not answer.");
        const result = await work(...args);
        if (name === step) isAway = true;
        if (isAway) throw new DomainError("unavailable", "The Docker engine does not answer.");
        return result;
      },
    ];
  });
  const engine = Object.fromEntries(entries) as DockerEngine; // the same calls under the same names
  return {
    engine,
    comeBack: () => {
      isAway = false;
      Object.assign(engine, test.engine);
    },
  };
}

it("a loss is noticed within two seconds", async () => {
  const seen: string[] = [];
  const stop = watchAdoption({
    engine: test.engine,
    adoption,
    log: SILENT,
    onChange: ({ name, state }) => seen.push(`${name} ${state}`),
  });
  await createForeignAgent(test, { name: "noticed" });
  await adoption.route(ADMIN, "noticed");
  await until(() => seen.at(-1) === "noticed routed");
  await test.docker.getContainer("agent-noticed").remove({ force: true });
  await createForeignAgent(test, { name: "noticed", isRunning: false });
  const since = Date.now();
  await until(() => seen.at(-1) === "noticed lost");
  stop();
  expect(Date.now() - since).toBeLessThan(2_000);
});
