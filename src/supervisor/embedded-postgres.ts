import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";

import { DomainError } from "#domain/errors.ts";
import { BARE_ENVIRONMENT } from "#supervisor/bare-environment.ts";
import { probePort } from "#supervisor/free-port.ts";
import { openLog } from "#supervisor/log-file.ts";
import { POSTGRES_USER, type PostgresCluster, prepareCluster } from "#supervisor/postgres-cluster.ts";
import { isAlive, readPostmaster, waitForExit } from "#supervisor/postmaster.ts";

export type EmbeddedPostgresOptions = {
  /** Holds the database, its password, the port it was last given and its log. */
  dataDir: string;
  log: (line: string) => void;
  /** False only for databases of tests: faster, and lost in a power cut. Default true. */
  isDurable?: boolean;
};

export type EmbeddedPostgres = {
  /** Contains the password. */
  databaseUrl: string;
  pid: number;
  /** True if the server was left behind by an earlier run and is used further. */
  isAdopted: boolean;
  /** Ends open transactions, writes everything out and resolves when the server is gone. */
  stop(): Promise<void>;
  /** Ends the server at once. It loses nothing that was committed, and recovers at its next start. */
  kill(): void;
  /** Resolves when the server is gone, for whatever reason. */
  exited: Promise<void>;
};

type Started = { pid: number; port: number; isAdopted: boolean; exited: Promise<void> };

const DATABASE = "trinity";
const START_TIMEOUT_MS = 120_000;
/** After a kill the old server's own children take a moment to end; until then a new one refuses to start. */
const RESTART_WINDOW_MS = 15_000;
const STOP_TIMEOUT_MS = 20_000;

/**
 * Starts the PostgreSQL of this installation, on the loopback interface only, making its database first if there
 * is none. A server that is already running on the same folder is adopted.
 * @throws DomainError `unavailable` with what is in the way
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const isDurable = options.isDurable ?? true;
  const cluster = await prepareCluster({ dataDir: options.dataDir, log: options.log, isDurable });
  const started = (await adopt(cluster)) ?? (await launch(cluster, { ...options, isDurable }));
  const stop = () => stopPostmaster(started.pid);
  try {
    await ensureDatabase(cluster, started.port);
  } catch (error) {
    await stop();
    throw error;
  }
  const { pid, port, isAdopted, exited } = started;
  const kill = () => void (isAlive(pid) && process.kill(pid, "SIGQUIT"));
  return { databaseUrl: urlOf(cluster, port, DATABASE), pid, isAdopted, stop, kill, exited };
}

/** A server whose launcher died lives on. It is ours if it lets our password in, and it may still be starting or ending. */
async function adopt(cluster: PostgresCluster): Promise<Started | undefined> {
  const giveUpAt = Date.now() + RESTART_WINDOW_MS;
  for (;;) {
    const postmaster = await readPostmaster(cluster.dir);
    if (!postmaster) return undefined;
    if ((await connectionProblem(urlOf(cluster, postmaster.port, "postgres"))) === undefined) {
      return { ...postmaster, isAdopted: true, exited: exitOf(postmaster.pid) };
    }
    if (Date.now() > giveUpAt) {
      throw new DomainError(
        "unavailable",
        `Process ${postmaster.pid} holds the database in ${cluster.dir} and does not answer. Stop it and start again.`,
      );
    }
    await sleep(100);
  }
}

type LaunchOptions = { dataDir: string; isDurable: boolean };

async function launch(cluster: PostgresCluster, options: LaunchOptions): Promise<Started> {
  const port = await choosePort(options.dataDir);
  const retryUntil = Date.now() + RESTART_WINDOW_MS;
  for (;;) {
    const log = await openLog(path.join(options.dataDir, "logs"), "postgres");
    const child = spawnPostgres(cluster, { port, isDurable: options.isDurable, logFd: log.fd });
    await log.close();
    const problem = await untilReady(child, urlOf(cluster, port, "postgres"));
    const { pid } = child;
    if (problem === undefined && pid !== undefined) return { pid, port, isAdopted: false, exited: exitOfChild(child) };
    const output = await log.readNew();
    const isStillEnding = /another postmaster|lock file "postmaster.pid"|pre-existing shared memory/.test(output);
    if (!isStillEnding || Date.now() > retryUntil) {
      throw new DomainError("unavailable", `PostgreSQL did not start: ${output.trim() || problem}`);
    }
    await sleep(250);
  }
}

type SpawnOptions = { port: number; isDurable: boolean; logFd: number };

function spawnPostgres(cluster: PostgresCluster, { port, isDurable, logFd }: SpawnOptions): ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "100",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "off",
    ...(isDurable ? {} : { fsync: "off", full_page_writes: "off" }),
  };
  const child = spawn(
    cluster.binaries.postgres,
    ["-D", cluster.dir, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    // Detached: Ctrl-C in the terminal must reach the supervisor only, which stops the database last.
    { ...cluster.account, cwd: "/", env: BARE_ENVIRONMENT, detached: true, stdio: ["ignore", logFd, logFd] },
  );
  child.on("error", () => undefined); // also seen by untilReady
  return child;
}

/** Resolves with nothing once the server answers, else with the reason why it does not. */
async function untilReady(child: ChildProcess, url: string): Promise<string | undefined> {
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  let problem: string | undefined = "it could not be run";
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    problem = await connectionProblem(url);
    if (problem === undefined) return undefined;
    if (Date.now() > giveUpAt) {
      await stopPostmaster(child.pid);
      return problem;
    }
    await sleep(25);
  }
  return problem;
}

async function connectionProblem(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function ensureDatabase(cluster: PostgresCluster, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, "postgres") });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function urlOf(cluster: PostgresCluster, port: number, database: string): string {
  return `postgresql://${POSTGRES_USER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

/** The port of last time if it is free, so that a connection noted elsewhere stays right. */
async function choosePort(dataDir: string): Promise<number> {
  const file = path.join(dataDir, "postgres-port");
  const last = Number(await readFile(file, "utf8").catch(() => "0"));
  const port = await probePort(last).catch(() => probePort(0));
  if (port !== last) await writeFile(file, String(port));
  return port;
}

function exitOfChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once("exit", () => resolve());
  });
}

/** A process that is not our child can only be watched. */
async function exitOf(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(500, undefined, { ref: false });
}

async function stopPostmaster(pid: number): Promise<void> {
  // SIGINT: open sessions are ended (fast). SIGQUIT: at once, with recovery at the next start.
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    if (await waitForExit(pid, STOP_TIMEOUT_MS)) return;
  }
}
