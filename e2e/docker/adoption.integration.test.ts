import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Adoption } from "#agents/adoption.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

import { agentContainers, connectTestEngine, type DockerTest, removeAgents, variableInside } from "./docker-test.ts";
import { CANARY, comparable, createForeignAgent, removeNetworks } from "./foreign-agent.ts";
import { ADMIN, createTestAdoption, GATEWAY } from "./test-adoption.ts";
import { buildFakeAgent, FAKE_AGENT_IMAGE } from "./test-images.ts";

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

describe("containers of others", () => {
  it("appear by themselves, not routed, the stopped ones too, and without a value of their environment", async () => {
    await createForeignAgent(test, { name: "one" });
    await createForeignAgent(test, { name: "two", isRunning: false, labels: { "trinity.is-system": "true" } });
    const listed = await adoption.list();
    expect(listed).toMatchObject([
      {
        name: "one",
        status: "running",
        state: "not_routed",
        agentId: null,
        obstacles: [],
        generation: 1,
        isSystem: false,
      },
      { name: "two", status: "stopped", state: "not_routed", isSystem: true },
    ]);
    expect(JSON.stringify([listed, await adoption.preview("one")])).not.toContain(CANARY);
  });

  it("show what routing would change before anything is changed", async () => {
    const env = ["ANTHROPIC_CUSTOM_HEADERS=X-Team: blue", "ANTHROPIC_BASE_URL=http://theirs"];
    await createForeignAgent(test, { name: "peek", env });
    const before = comparable(await inspect("peek"));
    const { changes, notices } = await adoption.preview("peek");
    expect(changes).toEqual(
      expect.arrayContaining([
        { name: "ANTHROPIC_BASE_URL", change: "replaced", value: GATEWAY, note: null },
        {
          name: "ANTHROPIC_CUSTOM_HEADERS",
          change: "replaced",
          value: null,
          note: "with the header X-Trinity-Agent; kept: X-Team",
        },
      ]),
    );
    expect(notices.join(" ")).toMatch(/stopped and started again.*base URL of its own/);
    expect(comparable(await inspect("peek"))).toEqual(before);
  });
});

describe("routing and giving back", () => {
  it("changes only our variables, and brings back exactly what was there", async () => {
    const env = ["ANTHROPIC_CUSTOM_HEADERS=X-Team: blue\nX-Trinity-Agent: theirs", "LAST=1"];
    await createForeignAgent(test, { name: "round", env });
    await test.engine.exec("agent-round", ["sh", "-c", "echo kept > /home/developer/note"], 10_000);
    const before = await inspect("round");

    await adoption.route(ADMIN, "round");
    expect(await adoption.list()).toMatchObject([
      { name: "round", state: "routed", routing: "gateway", problem: null },
    ]);
    expect(await variableInside(test, "agent-round", "ANTHROPIC_BASE_URL")).toBe(GATEWAY);
    expect(await variableInside(test, "agent-round", "ANTHROPIC_API_KEY")).toBe(CANARY);
    expect(await variableInside(test, "agent-round", "ANTHROPIC_CUSTOM_HEADERS")).toMatch(
      /^X-Team: blue\nX-Trinity-Agent: tvk_[\w-]{43}$/,
    );
    const routed = await inspect("round");
    expect(routed.Id).not.toBe(before.Id);
    expect({ ...Object(comparable(routed)), Config: null }).toEqual({ ...Object(comparable(before)), Config: null });
    expect({ ...routed.Config, Env: null, Hostname: null }).toEqual({ ...before.Config, Env: null, Hostname: null });

    await adoption.unroute(ADMIN, "round");
    expect(comparable(await inspect("round"))).toEqual(comparable(before));
    expect((await test.engine.exec("agent-round", ["cat", "/home/developer/note"], 10_000)).output).toBe("kept\r\n");
    expect(await adoption.list()).toMatchObject([{ name: "round", state: "not_routed", routing: null }]);
    expect(await agentContainers(test)).toEqual(["agent-round"]);
  });

  it("brings files in volumes without a name along, and names those volumes", async () => {
    await createForeignAgent(test, { name: "cached", options: { Volumes: { "/cache": {} } } });
    const before = await inspect("cached");
    const volume = before.Mounts.find(({ Destination }) => Destination === "/cache")?.Name;
    await adoption.route(ADMIN, "cached");
    const after = await inspect("cached");
    expect(after.Mounts.find(({ Destination }) => Destination === "/cache")?.Name).toBe(volume);
    expect(after.HostConfig.Binds).toEqual([...(before.HostConfig.Binds ?? []), `${volume}:/cache:rw`]);
  });

  it("leaves a stopped agent stopped, both ways", async () => {
    await createForeignAgent(test, { name: "still", isRunning: false });
    const before = await inspect("still");
    await adoption.route(ADMIN, "still");
    expect((await inspect("still")).State.Status).toBe("created");
    await adoption.unroute(ADMIN, "still");
    const after = await inspect("still");
    expect(after.State.Status).toBe("created");
    expect(comparable(after)).toEqual(comparable(before));
  });

  it("routes again with the same key, and what was there at the very first comes back", async () => {
    await createForeignAgent(test, { name: "again", env: ["ANTHROPIC_BASE_URL=http://theirs"] });
    const before = await inspect("again");
    await adoption.route(ADMIN, "again");
    const headers = await variableInside(test, "agent-again", "ANTHROPIC_CUSTOM_HEADERS");
    await adoption.route(ADMIN, "again", { routing: "direct" });
    expect(await variableInside(test, "agent-again", "ANTHROPIC_BASE_URL")).toBeNull();
    await adoption.route(ADMIN, "again");
    expect(await variableInside(test, "agent-again", "ANTHROPIC_BASE_URL")).toBe(GATEWAY);
    expect(headers).toMatch(/tvk_/);
    await adoption.unroute(ADMIN, "again");
    expect(comparable(await inspect("again"))).toEqual(comparable(before));
  });

  it("goes straight to Helicone where that is chosen, and nowhere when Helicone is off", async () => {
    await createForeignAgent(test, { name: "drawn" });
    const withHelicone = createTestAdoption({
      engine: test.engine,
      prisma,
      helicone: { url: "http://helicone:8585", writeKey: "sk-helicone-write" },
    });
    await withHelicone.route(ADMIN, "drawn", { routing: "helicone" });
    expect(await variableInside(test, "agent-drawn", "ANTHROPIC_BASE_URL")).toBe(
      "http://helicone:8585/v1/gateway/anthropic",
    );
    await adoption.route(ADMIN, "drawn", { routing: "helicone" });
    expect(await variableInside(test, "agent-drawn", "ANTHROPIC_BASE_URL")).toBeNull();
    expect(await variableInside(test, "agent-drawn", "ANTHROPIC_CUSTOM_HEADERS")).toBeNull();
  });

  it("routes all that are idle, and gives all of them back", async () => {
    await createForeignAgent(test, { name: "idle" });
    await createForeignAgent(test, { name: "busy", env: ["FAKE_ACTIVITY=running"] });
    await createForeignAgent(test, { name: "asleep", isRunning: false });
    await createForeignAgent(test, { name: "trinity-system" });
    const before = await Promise.all(["idle", "busy", "asleep", "trinity-system"].map(inspect));
    expect(await adoption.routeIdle(ADMIN)).toEqual([
      { name: "asleep", problem: null },
      { name: "busy", problem: "busy is at work. Wait until it is idle." },
      { name: "idle", problem: null },
    ]);
    expect(await adoption.unrouteAll(ADMIN)).toEqual([
      { name: "asleep", problem: null },
      { name: "idle", problem: null },
    ]);
    const after = await Promise.all(["idle", "busy", "asleep", "trinity-system"].map(inspect));
    expect(after.map(comparable)).toEqual(before.map(comparable));
  });
});

describe("what goes wrong", () => {
  it("a container that does not work with our variables is as it was before, and runs", async () => {
    await createForeignAgent(test, { name: "picky", env: ["FAKE_HEALTH=fails-when-routed"] });
    const before = await inspect("picky");
    await expect(adoption.route(ADMIN, "picky")).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/did not answer within 4 s/),
    });
    const after = await inspect("picky");
    expect(after.Id).toBe(before.Id);
    expect(after.State.Status).toBe("running");
    expect(comparable(after)).toEqual(comparable(before));
    expect(await agentContainers(test)).toEqual(["agent-picky"]);
    expect(await adoption.list()).toMatchObject([{ state: "not_routed", agentId: null }]);
    expect(await prisma.containerRecreate.count()).toBe(0);
  });

  it("a container that somebody made in the middle of it stays, and the old one goes", async () => {
    await createForeignAgent(test, { name: "race" });
    const { engine } = test;
    const rename = engine.rename;
    engine.rename = async (ref, name) => {
      await rename(ref, name);
      await test.docker.createContainer({ name: "agent-race", Image: FAKE_AGENT_IMAGE, Labels: LABELS });
    };
    await expect(adoption.route(ADMIN, "race")).rejects.toMatchObject({ code: "conflict" });
    engine.rename = rename;
    expect(await agentContainers(test)).toEqual(["agent-race"]);
    expect((await inspect("race")).State.Status).toBe("created");
    expect(await prisma.containerRecreate.count()).toBe(0);
  });

  it.each<[string, Parameters<typeof createForeignAgent>[1], RegExp]>([
    ["removes itself", { name: "auto", options: { HostConfig: { AutoRemove: true } } }, /removes itself/],
    ["has no workspace of its own", { name: "ghost", options: { HostConfig: {} } }, /workspace/],
    [
      "is named otherwise than its label says",
      { name: "alias", labels: { "trinity.agent-name": "other" } },
      /not named/,
    ],
  ])("a container that %s is refused, with the reason", async (_what, agent, reason) => {
    await createForeignAgent(test, agent);
    const [candidate] = await adoption.list();
    expect(candidate?.obstacles.join(" ")).toMatch(reason);
    const before = await inspect(agent.name);
    await expect(adoption.route(ADMIN, candidate?.name ?? "")).rejects.toThrow();
    expect((await inspect(agent.name)).Id).toBe(before.Id);
  });

  it("an agent that nobody has is not found, whatever its name", async () => {
    for (const name of ["nobody", "../x", "a\nb", "x".repeat(300)]) {
      await expect(adoption.route(ADMIN, name)).rejects.toMatchObject({ code: "not_found" });
      await expect(adoption.unroute(ADMIN, name)).rejects.toMatchObject({ code: "not_found" });
    }
  });
});

it("a container that lost our variables is flagged, gets a new key, and is whole again", async () => {
  await createForeignAgent(test, { name: "drift" });
  await adoption.route(ADMIN, "drift");
  const first = await variableInside(test, "agent-drift", "ANTHROPIC_CUSTOM_HEADERS");
  await test.docker.getContainer("agent-drift").remove({ force: true });
  await createForeignAgent(test, { name: "drift" });
  expect(await adoption.list()).toMatchObject([
    { state: "lost", problem: expect.stringMatching(/^Routing lost: spend is not metered/) },
  ]);
  await adoption.route(ADMIN, "drift");
  expect(await adoption.list()).toMatchObject([{ state: "routed", problem: null }]);
  expect(await variableInside(test, "agent-drift", "ANTHROPIC_CUSTOM_HEADERS")).not.toBe(first);
});

const LABELS = { "trinity.platform": "agent", "trinity.agent-name": "race" };
