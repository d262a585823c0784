import { randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isAlive, readPostmaster, waitForExit } from "#supervisor/postmaster.ts";
import { createTestDatabase } from "#testing/database.ts";
import { embeddedDatabaseUrl, leftovers, type Program, type ProgramOptions, startProgram } from "#testing/program.ts";
import { ensureBuilt } from "../../scripts/prepare.mjs";

const RUNNING = "Ctrl-C stops everything.";
let dataDir: string;
let started: Program[];

beforeAll(async () => {
  await ensureBuilt();
});

beforeEach(async () => {
  started = [];
  dataDir = await mkdtemp(path.join(os.tmpdir(), "trinity-start-"));
  await chmod(dataDir, 0o711);
});

afterEach(async () => {
  for (const program of started) {
    program.process.kill("SIGTERM");
    await program.exited;
  }
  expect(await leftovers(dataDir)).toEqual([]);
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<ProgramOptions> = {}): Promise<Program> {
  const program = await startProgram({ dataDir, ...options });
  started.push(program);
  return program;
}

async function query(sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: await embeddedDatabaseUrl(dataDir) });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function isAnswering(program: Program): Promise<boolean> {
  const answers = await Promise.all([fetch(`${program.portalUrl}/api/health`), fetch(`${program.gatewayUrl}/healthz`)]);
  return answers.every((answer) => answer.ok);
}

/** It ends by itself, with one line, and without having started anything. */
async function expectRefusal(program: Program, line: RegExp): Promise<void> {
  expect(await program.exited).toBe(1);
  expect(program.output().trim().split("\n")).toEqual([expect.stringMatching(line)]);
  expect(await leftovers(dataDir)).toEqual([]);
}

describe("npm start", () => {
  it("serves both doors, keeps everything over a second start, and ends with nothing left running", async () => {
    const first = await start();
    await first.shows(RUNNING);
    expect(await isAnswering(first)).toBe(true);
    const link = /\/welcome#([\w-]{43})\n/.exec(first.output());
    expect(link).not.toBeNull();
    expect(
      await query("SELECT kind, role, used_at FROM invitations WHERE token_hash = sha256($1)", [
        Buffer.from(link?.[1] ?? ""),
      ]),
    ).toEqual([{ kind: "setup", role: "admin", used_at: null }]);
    await query(
      "INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, 'a@example.com', 'A', 'admin', 'x')",
      [randomUUID()],
    );

    // As npm does it: the terminal's signal, and npm's own copy of it.
    first.process.kill("SIGINT");
    first.process.kill("SIGINT");
    expect(await first.exited).toBe(0);
    expect(await leftovers(dataDir)).toEqual([]);

    const beganAt = Date.now();
    const second = await start();
    await second.shows(RUNNING);
    expect(Date.now() - beganAt).toBeLessThan(15_000); // a third of that on a quiet machine
    expect(second.output()).not.toMatch(/Installing|Building/);
    expect(second.output()).not.toContain("/welcome#");
    expect(await query("SELECT email FROM users")).toEqual([{ email: "a@example.com" }]);
    expect(await query("SELECT id FROM invitations")).toEqual([]);
  });

  it("replaces the set-up link of an earlier start that nobody used", async () => {
    for (let run = 0; run < 2; run += 1) {
      const program = await start();
      await program.shows(RUNNING);
      expect(await query("SELECT kind FROM invitations")).toEqual([{ kind: "setup" }]);
      program.process.kill("SIGTERM");
      await program.exited;
    }
    expect(started[0]?.output().match(/welcome#\S+/)).not.toEqual(started[1]?.output().match(/welcome#\S+/));
  });

  it("starts a killed gateway again, and says so", async () => {
    const program = await start();
    await program.shows(RUNNING);
    const [gateway, portal] = await program.doors();
    process.kill(gateway, "SIGKILL");
    await program.shows("The gateway ended (SIGKILL). Starting it again.");
    await program.shows("The gateway works again.");
    expect(await isAnswering(program)).toBe(true);
    expect(isAlive(portal)).toBe(true);
  });

  it("goes on when its terminal is gone, and still stops cleanly", async () => {
    const program = await start();
    await program.shows(RUNNING);
    program.process.stdout?.destroy();
    program.process.stderr?.destroy();
    const [gateway] = await program.doors();
    process.kill(gateway, "SIGKILL"); // makes it say something
    while (!(await isAnswering(program).catch(() => false))) await sleep(100);
    program.process.kill("SIGTERM");
    expect(await program.exited).toBe(0);
    expect(await leftovers(dataDir)).toEqual([]);
  });

  it("starts a killed database again, and both doors go on", async () => {
    const program = await start();
    await program.shows(RUNNING);
    const [row] = await query("SELECT pg_postmaster_start_time() AS at");
    process.kill((await readPostmaster(path.join(dataDir, "postgres")))?.pid ?? 0, "SIGKILL");
    await program.shows("The database server works again.");
    expect(await query("SELECT pg_postmaster_start_time() AS at")).not.toEqual([row]);
    while (!(await isAnswering(program))) await sleep(100);
  });

  it("leaves no door open when it is killed itself, and the next start takes its database over", async () => {
    const first = await start();
    await first.shows(RUNNING);
    const doors = await first.doors();
    await query("CREATE TABLE kept AS SELECT 42 AS answer");
    first.process.kill("SIGKILL");
    await first.exited;

    const second = await start();
    await second.shows(RUNNING);
    expect(second.output()).toContain("Using the database server that an earlier run left behind");
    expect(await query("SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    for (const pid of doors) expect(await waitForExit(pid, 5_000)).toBe(true);
  });

  it("with --demo shows how to sign in, on an embedded database whatever else is configured", async () => {
    const demo = await start({
      args: ["--demo"],
      environment: { DATABASE_URL: "postgresql://trinity:hunter2@127.0.0.1:1/trinity" },
    });
    await demo.shows(RUNNING);
    expect(demo.output()).toContain("with demo data");
    expect(demo.output()).toMatch(/^ {2}Admin +\S+@\S+ +\S+$/m);
    expect(demo.output()).not.toContain("/welcome#");
    const [calls] = await query("SELECT count(*)::int AS number FROM llm_requests");
    expect(calls).toEqual({ number: expect.any(Number) });
    expect(calls).not.toEqual({ number: 0 });
    demo.process.kill("SIGINT");
    expect(await demo.exited).toBe(0);
  });

  it("is refused a data folder that a running one has, by its process id", async () => {
    const first = await start();
    await first.shows(RUNNING);
    const second = await startProgram({ dataDir });
    expect(await second.exited).toBe(1);
    expect(second.output()).toBe(
      `Already running as process ${first.pid} on ${dataDir}. Stop it, or set DATA_DIR=… for a second one.\n`,
    );
    expect(await isAnswering(first)).toBe(true);
  });

  it("stops everything again when a door does not come up, and shows its last words", async () => {
    await writeFile(path.join(dataDir, "journal"), "a file where the gateway needs a folder");
    const program = await start();
    expect(await program.exited).toBe(1);
    expect(program.output()).toMatch(/^The gateway did not start: .*(EEXIST|ENOTDIR)/);
    expect(await leftovers(dataDir)).toEqual([]);
  });

  it.each(["PORTAL_PORT", "GATEWAY_PORT", "GATEWAY_INTERNAL_PORT"])(
    "names %s when that port is taken",
    async (variable) => {
      const other = net.createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => other.once("listening", resolve));
      const address = other.address();
      const port = typeof address === "object" ? String(address?.port) : "";
      await expectRefusal(
        await start({ environment: { [variable]: port } }),
        new RegExp(`^Port ${port} is in use\\. Stop the other program or set ${variable}=…$`),
      );
      other.close();
    },
  );

  it("names a setting that cannot be used, with an example and without its value", async () => {
    const program = await start({ environment: { GATEWAY_PORT: "eighty", DATABASE_URL: "mysql://u:hunter2@db/x" } });
    expect(await program.exited).toBe(1);
    expect(program.output().trim().split("\n")).toEqual([
      expect.stringMatching(/^DATABASE_URL: .*Example: DATABASE_URL=postgresql:/),
      expect.stringMatching(/^GATEWAY_PORT: .*Example: GATEWAY_PORT=8585$/),
    ]);
    expect(program.output()).not.toContain("hunter2");
  });

  it("says so when the database of DATABASE_URL cannot be reached, without its password", async () => {
    const program = await start({ environment: { DATABASE_URL: "postgresql://trinity:hunter2@127.0.0.1:1/trinity" } });
    await expectRefusal(program, /^DATABASE_URL: the database at 127\.0\.0\.1:1 cannot be used \(connect ECONNREFUSED/);
    expect(program.output()).not.toContain("hunter2");
  });

  it("uses the database of DATABASE_URL and starts none of its own", async () => {
    const database = await createTestDatabase();
    const program = await start({ environment: { DATABASE_URL: database.databaseUrl } });
    await program.shows(RUNNING);
    expect((await leftovers(dataDir)).toSorted()).toEqual((await program.doors()).toSorted());
    program.process.kill("SIGTERM");
    expect(await program.exited).toBe(0);
    await database.drop();
  });

  it("says so when the data folder cannot be written to", async () => {
    // For root no folder is closed by its mode, but a file is never a folder.
    const file = process.getuid?.() === 0 ? path.join(process.execPath, "data") : path.join(dataDir, "closed");
    if (process.getuid?.() !== 0) await mkdir(file, { mode: 0o555 });
    await expectRefusal(
      await start({ dataDir: file }),
      /^The folder .* (is not a folder|cannot be written to \(EACCES\))\. Make it writable or set DATA_DIR=…$/,
    );
  });
});
