import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

import { connectTestEngine, type DockerTest, removeAgents } from "./docker-test.ts";
import { CANARY, comparable, createForeignAgent, removeNetworks } from "./foreign-agent.ts";
import { ADMIN, createTestAdoption } from "./test-adoption.ts";
import { buildFakeAgent } from "./test-images.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

let test: DockerTest;
let database: TestDatabase;
let prisma: PrismaClient;

beforeAll(async () => {
  test = connectTestEngine();
  await removeAgents(test);
  await buildFakeAgent(test.docker);
});
beforeEach(async () => {
  database = await createTestDatabase();
  prisma = createPrisma(database.databaseUrl);
});
afterEach(async () => {
  await removeAgents(test);
  await prisma.$disconnect();
  await database.drop();
});
afterAll(() => removeNetworks(test));

/** `npm run unroute` with these arguments, as a process of its own. What it prepares first it says on standard error. */
async function unroute(...args: string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const env = { PATH: process.env.PATH, NODE_ENV: "production" as const };
  const settings = { DATABASE_URL: database.databaseUrl, DOCKER_HOST: test.dockerHost };
  const child = spawn(process.execPath, ["scripts/run.mjs", "src/unroute.ts", ...args], {
    cwd: ROOT,
    env: { ...env, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  return { code, output, errors };
}

it("npm run unroute -- --all gives every container back as it was, and says so without a secret", async () => {
  const env = ["ANTHROPIC_CUSTOM_HEADERS=X-Team: blue", "ANTHROPIC_BASE_URL=http://theirs"];
  await createForeignAgent(test, { name: "awake", env });
  await createForeignAgent(test, { name: "asleep", isRunning: false });
  const inspectBoth = () =>
    Promise.all(["agent-awake", "agent-asleep"].map((name) => test.docker.getContainer(name).inspect()));
  const before = await inspectBoth();
  const adoption = createTestAdoption({ engine: test.engine, prisma });
  await adoption.route(ADMIN, "awake");
  await adoption.route(ADMIN, "asleep");

  const { code, output, errors } = await unroute("--all");
  expect({ code, lines: output.trim().split("\n") }).toEqual({
    code: 0,
    lines: ["asleep: as it was before", "awake: as it was before"],
  });
  expect(output + errors).not.toContain(CANARY);
  const after = await inspectBoth();
  expect(after.map(comparable)).toEqual(before.map(comparable));
  expect(after.map(({ State }) => State.Status)).toEqual(["running", "created"]);
  expect(await unroute("--all")).toMatchObject({ code: 0, output: "No agent is routed.\n" });
});

it("of an agent that nobody has it says so, and ends with 1", async () => {
  expect(await unroute("nobody")).toMatchObject({
    code: 1,
    output: 'nobody: There is no adopted agent named "nobody".\n',
  });
});
