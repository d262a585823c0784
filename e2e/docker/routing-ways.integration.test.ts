import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Adoption } from "#agents/adoption.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

import { connectTestEngine, type DockerTest, removeAgents, variableInside } from "./docker-test.ts";
import { CANARY, comparable, createForeignAgent, removeNetworks } from "./foreign-agent.ts";
import { ADMIN, createTestAdoption, GATEWAY } from "./test-adoption.ts";
import { buildFakeAgent } from "./test-images.ts";

const TOKEN = "TRINITY_AGENT_AUTH_TOKEN=their-token";
/** What tells the newest generation apart. */
const NEWEST = [TOKEN, "TRINITY_PROVIDER_MODELS=[]"];

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
const sh = async (name: string, command: string) =>
  (await test.engine.exec(`agent-${name}`, ["sh", "-c", command], 10_000)).output.replaceAll("\r\n", "\n").trimEnd();

describe("by a line in the workspace's .env file", () => {
  const ROUTED = /^A=1\nB=2\nANTHROPIC_BASE_URL=http:\/\/gateway\.test:8585\/a\/tvk_[\w-]{43}$/;

  it("nothing is stopped, the file keeps its owner and mode, and comes back to the letter", async () => {
    await createForeignAgent(test, { name: "lined", env: NEWEST });
    await sh("lined", "printf 'A=1\\nexport ANTHROPIC_BASE_URL=http://theirs\\nB=2\\n' > .env && chmod 640 .env");
    const before = await inspect("lined");
    const preview = await adoption.preview("lined", { way: "workspace" });
    expect(preview.changes).toMatchObject([{ change: "replaced", value: null }]);
    await adoption.route(ADMIN, "lined", { way: "workspace" });
    expect(await adoption.list()).toMatchObject([{ state: "routed", way: "workspace", problem: null, generation: 3 }]);
    expect(await sh("lined", "cat .env")).toMatch(ROUTED);
    expect(await sh("lined", "stat -c '%U %G %a' .env")).toBe("developer developer 640");
    expect((await inspect("lined")).State.StartedAt).toBe(before.State.StartedAt);

    await adoption.unroute(ADMIN, "lined");
    expect(await sh("lined", "cat .env")).toBe("A=1\nexport ANTHROPIC_BASE_URL=http://theirs\nB=2");
    expect(comparable(await inspect("lined"))).toEqual(comparable(before));
    expect(await adoption.list()).toMatchObject([{ state: "not_routed", problem: null }]);
  });

  it("a stopped agent is led too, and one without such a file gets one that only it may read", async () => {
    await createForeignAgent(test, { name: "asleep", env: [TOKEN], isRunning: false });
    await adoption.route(ADMIN, "asleep", { way: "workspace" });
    expect(await adoption.list()).toMatchObject([{ state: "routed", status: "stopped", generation: 2 }]);
    await test.docker.getContainer("agent-asleep").start();
    expect(await sh("asleep", "stat -c '%u %g %a' .env; cat .env")).toMatch(/^1000 1000 600\nANTHROPIC_BASE_URL=http/);
  });

  it("a line that is gone or another is flagged; routing again mends it with the same key or a new one", async () => {
    await createForeignAgent(test, { name: "wiped", env: [TOKEN] });
    await adoption.route(ADMIN, "wiped", { way: "workspace" });
    await sh("wiped", "rm .env");
    expect(await adoption.list()).toMatchObject([{ state: "lost", problem: expect.stringContaining(".env") }]);
    await adoption.route(ADMIN, "wiped", { way: "workspace" });
    expect(await adoption.list()).toMatchObject([{ state: "routed" }]);
    const line = await sh("wiped", "cat .env");
    await adoption.route(ADMIN, "wiped", { way: "workspace" });
    expect(await sh("wiped", "cat .env")).toBe(line);
  });

  it("is refused where it would not work: the first generation, another goal, a file that is none", async () => {
    await createForeignAgent(test, { name: "old" });
    await expect(adoption.route(ADMIN, "old", { way: "workspace" })).rejects.toMatchObject({ code: "conflict" });
    await createForeignAgent(test, { name: "new", env: NEWEST });
    const direct = { way: "workspace", routing: "direct" } as const;
    await expect(adoption.route(ADMIN, "new", direct)).rejects.toMatchObject({ code: "conflict" });
    await sh("new", "ln -s /etc/passwd .env");
    await expect(adoption.route(ADMIN, "new", { way: "workspace" })).rejects.toMatchObject({ code: "conflict" });
    expect(await prisma.agent.count({ where: { removedAt: null } })).toBe(0);
    await sh("new", "rm .env");
    await adoption.route(ADMIN, "new", { way: "workspace" });
    await expect(adoption.route(ADMIN, "new")).rejects.toThrow(/another way/);
  });
});

describe("by Trinity's model provider", () => {
  it("only the header is ours; until Trinity has set the address, that is flagged; it is given back as it was", async () => {
    const env = [...NEWEST, "ANTHROPIC_BASE_URL=http://another-provider", "ANTHROPIC_CUSTOM_HEADERS=X-Team: blue"];
    await createForeignAgent(test, { name: "provided", env });
    const before = await inspect("provided");
    const { notices, changes } = await adoption.preview("provided", { way: "provider" });
    expect(notices.join(" ")).toContain(`the address ${GATEWAY}`);
    expect(changes.map(({ name }) => name)).not.toContain("ANTHROPIC_BASE_URL");
    await adoption.route(ADMIN, "provided", { way: "provider" });
    expect(await adoption.list()).toMatchObject([
      { state: "lost", way: "provider", problem: expect.stringMatching(/model provider/) },
    ]);
    expect(await variableInside(test, "agent-provided", "ANTHROPIC_BASE_URL")).toBe("http://another-provider");
    expect(await variableInside(test, "agent-provided", "ANTHROPIC_CUSTOM_HEADERS")).toMatch(
      /^X-Team: blue\nX-Trinity-Agent: tvk_[\w-]{43}$/,
    );
    await adoption.unroute(ADMIN, "provided");
    expect(comparable(await inspect("provided"))).toEqual(comparable(before));
  });

  it("once Trinity has made it again with the gateway's address, it is routed", async () => {
    await createForeignAgent(test, { name: "applied", env: [...NEWEST, `ANTHROPIC_BASE_URL=${GATEWAY}/`] });
    await adoption.route(ADMIN, "applied", { way: "provider" });
    expect(await adoption.list()).toMatchObject([{ state: "routed", way: "provider", problem: null }]);
    expect(JSON.stringify(await adoption.list())).not.toContain(CANARY);
  });
});

describe("after a container was made again", () => {
  const told = async (name: string) => {
    const log = await test.docker.getContainer(`agent-${name}`).logs({ stdout: true, stderr: true, follow: false });
    return log.toString("utf8").match(/injected by .*/g) ?? [];
  };

  it.each([
    ["the first generation", [], ['injected by POST {"force":false}']],
    ["the second", [TOKEN], ['injected by POST {"force":false}']],
    ["the newest", NEWEST, []],
  ])("an agent of %s is told what Trinity tells it after a start", async (_which, env, expected) => {
    await createForeignAgent(test, { name: "told", env });
    await adoption.route(ADMIN, "told", { way: "container" });
    expect(await told("told")).toEqual(expected);
    await adoption.unroute(ADMIN, "told");
    expect(await told("told")).toEqual(expected);
  });

  it("one that is stopped is told nothing", async () => {
    await createForeignAgent(test, { name: "told", isRunning: false });
    await adoption.route(ADMIN, "told");
    expect(await told("told")).toEqual([]);
  });
});
