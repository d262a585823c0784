import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, rmdir, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type EmbeddedPostgres, startEmbeddedPostgres } from "#supervisor/embedded-postgres.ts";
import { isAlive } from "#supervisor/postmaster.ts";

const root = path.resolve(import.meta.dirname, "../..");
let dataDir: string;
let running: EmbeddedPostgres[];

beforeEach(async () => {
  running = [];
  dataDir = await mkdtemp(path.join(os.tmpdir(), "trinity-postgres-"));
  await chmod(dataDir, 0o711);
});

afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  running.push(server);
  return server;
}

async function query(databaseUrl: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("the embedded PostgreSQL", () => {
  it("keeps data and address over a stop and a start, and a stop leaves no process", async () => {
    const first = await start();
    await query(first.databaseUrl, "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.stop();
    await first.exited;
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(second.isAdopted).toBe(false);
    expect(await query(second.databaseUrl, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("listens on the loopback interface only, and opens to nobody without the password", async () => {
    const server = await start();
    expect(await query(server.databaseUrl, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(server.databaseUrl, "SHOW unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
    const withoutPassword = new URL(server.databaseUrl);
    withoutPassword.password = "wrong";
    await expect(query(withoutPassword.href, "SELECT 1")).rejects.toThrow("password authentication failed");
    expect((await stat(path.join(dataDir, "postgres-password"))).mode & 0o777).toBe(0o600);
  });

  it("is adopted when the process that started it was killed", async () => {
    const script = `
      import { startEmbeddedPostgres } from "#supervisor/embedded-postgres.ts";
      const server = await startEmbeddedPostgres({ dataDir: process.argv[1], log: () => {} });
      console.log(server.pid);
      setInterval(() => {}, 1000);`;
    const launcher = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, dataDir], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: launcher.stdout }), "line");
    launcher.kill("SIGKILL");
    await once(launcher, "exit");

    const server = await start();
    expect(server.pid).toBe(Number(line));
    expect(server.isAdopted).toBe(true);
    await server.stop();
    await server.exited;
    expect(isAlive(server.pid)).toBe(false);
  });

  it("starts again right after its own kill, with everything that was committed", async () => {
    const first = await start();
    await query(first.databaseUrl, "CREATE TABLE kept AS SELECT 42 AS answer");
    const idle = new pg.Client({ connectionString: first.databaseUrl });
    idle.on("error", () => undefined);
    await idle.connect();
    process.kill(first.pid, "SIGKILL");
    await first.exited;

    const second = await start();
    expect(await query(second.databaseUrl, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("works in a folder that is closed to all other users", async () => {
    await chmod(dataDir, 0o700);
    const server = await start();
    const [row] = await query(server.databaseUrl, "SELECT current_setting('data_directory') AS dir");
    await server.stop();
    expect(row).toEqual({ dir: expect.stringMatching(/\/postgres$/) });
    const { dir } = row as { dir: string }; // its shape was just checked
    if (dir.startsWith(dataDir)) return;
    await rm(path.dirname(dir), { recursive: true });
    await rmdir(path.resolve(dir, "../..")).catch(() => undefined); // kept where another installation uses it
  });

  it("says so when the password of an existing database is gone", async () => {
    await (await start()).stop();
    await rm(path.join(dataDir, "postgres-password"));
    await expect(start()).rejects.toThrow(/postgres-password is missing/);
  });
});
