import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import pg from "pg";

import { startEmbeddedPostgres } from "#supervisor/embedded-postgres.ts";
import { migrate } from "#supervisor/migrate.ts";
import { isAlive, readPostmaster, waitForExit } from "#supervisor/postmaster.ts";

/** A PostgreSQL server for one run of tests, with a migrated database to copy from. */
export type TestDatabaseServer = {
  /** Hand it to other processes in the environment variable `TEST_DATABASE_SERVER`. */
  serverUrl: string;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
};

export type TestDatabase = {
  databaseUrl: string;
  /** Removes the database, ending connections that are still open. */
  drop(): Promise<void>;
};

/** Where a run's set-up leaves the server's address for the test files and processes it starts. */
export const SERVER_VARIABLE = "TEST_DATABASE_SERVER";

const PREFIX = "trinity-test-database-";
const TEMPLATE = "trinity";

/** Starts the server in a temporary folder and migrates its template database. Takes about two seconds. */
export async function startTestDatabaseServer(): Promise<TestDatabaseServer> {
  await removeLeftovers();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(dataDir, 0o711); // run by root, the server runs as another user
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, isDurable: false });
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await migrate({
      databaseUrl: server.databaseUrl,
      migrationsDir: path.resolve(import.meta.dirname, "../../prisma/migrations"),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { serverUrl: server.databaseUrl, stop };
}

/**
 * A migrated, empty database of its own: one per test file keeps files from seeing each other. Takes some 40 ms.
 * `serverUrl` is only needed where the run's set-up did not leave it in the environment.
 */
export async function createTestDatabase(serverUrl = process.env[SERVER_VARIABLE]): Promise<TestDatabase> {
  if (!serverUrl)
    throw new Error(`No test database server: start one with startTestDatabaseServer and set ${SERVER_VARIABLE}.`);
  const name = `test_${randomBytes(8).toString("hex")}`;
  await runOnServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  const databaseUrl = new URL(serverUrl);
  databaseUrl.pathname = name;
  return {
    databaseUrl: databaseUrl.href,
    drop: () => runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Through the maintenance database: a template with a connection to it cannot be copied. */
async function runOnServer(serverUrl: string, sql: string): Promise<void> {
  const url = new URL(serverUrl);
  url.pathname = "postgres";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Servers of runs that were killed. Their folders carry the id of the process that started them. */
async function removeLeftovers(): Promise<void> {
  const folders = (await readdir(os.tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of folders) {
    const owner = Number(name.slice(PREFIX.length).split("-")[0]);
    if (isAlive(owner)) continue;
    const folder = path.join(os.tmpdir(), name);
    const postmaster = await readPostmaster(path.join(folder, "postgres"));
    if (postmaster) {
      process.kill(postmaster.pid, "SIGQUIT");
      await waitForExit(postmaster.pid, 10_000);
    }
    await rm(folder, { recursive: true, force: true });
  }
}
