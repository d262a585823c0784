import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { DomainError } from "#domain/errors.ts";
import { BARE_ENVIRONMENT } from "#supervisor/bare-environment.ts";
import { canEnter, choosePostgresAccount, type PostgresAccount } from "#supervisor/postgres-account.ts";
import { findPostgresBinaries, type PostgresBinaries } from "#supervisor/postgres-binaries.ts";

/** A database folder that is ready to be started. */
export type PostgresCluster = { dir: string; account: PostgresAccount; binaries: PostgresBinaries; password: string };

export type ClusterRequest = {
  dataDir: string;
  /** False only for databases of tests, which need not survive a power cut. */
  isDurable: boolean;
  log: (line: string) => void;
};

export const POSTGRES_USER = "trinity";

/** For root only: a place that the unprivileged account can reach when the project's own folders are closed to it. */
const SHARED_ROOT = "/var/lib/trinity-llm-observability";

/**
 * Makes sure that there is a database folder for this data folder, and programs that can run it. The password is
 * generated once and kept beside it, readable by this user only.
 * @throws DomainError `unavailable` saying what is in the way
 */
export async function prepareCluster(request: ClusterRequest): Promise<PostgresCluster> {
  const { dataDir } = request;
  await mkdir(dataDir, { recursive: true });
  const { dir, account } = await placeCluster(request);
  const major = await clusterMajor(dir);
  const binaries = await findPostgresBinaries({ account, major, copyDir: path.join(SHARED_ROOT, "postgresql") });
  const passwordFile = path.join(dataDir, "postgres-password");
  if (major !== undefined) return { dir, account, binaries, password: await readPassword(passwordFile, dir) };

  const password = randomBytes(24).toString("base64url");
  await writeFile(passwordFile, password, { mode: 0o600 });
  await initialise({ dir, account, binaries, password }, request.isDurable);
  return { dir, account, binaries, password };
}

async function placeCluster({ dataDir, log }: ClusterRequest): Promise<{ dir: string; account: PostgresAccount }> {
  const inside = path.join(dataDir, "postgres");
  const account = await choosePostgresAccount(inside);
  if (!account || canEnter(account, dataDir)) return { dir: inside, account };
  if ((await clusterMajor(inside)) !== undefined) {
    throw new DomainError(
      "unavailable",
      `${dataDir} is closed to the user ${account.uid}, whom the database in it belongs to.`,
    );
  }
  const place = path.join(SHARED_ROOT, createHash("sha256").update(dataDir).digest("hex").slice(0, 16));
  await mkdir(place, { recursive: true, mode: 0o755 });
  const dir = path.join(place, "postgres");
  log(`The database is in ${dir}: PostgreSQL does not run as root, and ${dataDir} is closed to other users.`);
  return { dir, account: await choosePostgresAccount(dir) };
}

/** Undefined: there is no finished database in the folder. */
async function clusterMajor(dir: string): Promise<number | undefined> {
  const version = await readFile(path.join(dir, "PG_VERSION"), "utf8").catch(() => undefined);
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

async function readPassword(file: string, clusterDir: string): Promise<string> {
  const password = await readFile(file, "utf8").catch(() => "");
  if (password !== "") return password;
  throw new DomainError(
    "unavailable",
    `${file} is missing: without it the database in ${clusterDir} cannot be opened. Put it back, or move both away.`,
  );
}

/** Works in a folder of its own and renames it, so that an interrupted start leaves no half-made database. */
async function initialise(cluster: PostgresCluster, isDurable: boolean): Promise<void> {
  const { dir, account, binaries, password } = cluster;
  const unfinished = `${dir}.unfinished`;
  const secretDir = await mkdtemp(path.join(os.tmpdir(), "trinity-initdb-"));
  const passwordFile = path.join(secretDir, "password");
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account)
      for (const owned of [unfinished, secretDir, passwordFile]) await chown(owned, account.uid, account.gid);
    await promisify(execFile)(
      binaries.initdb,
      [
        "-D",
        unfinished,
        "-U",
        POSTGRES_USER,
        `--pwfile=${passwordFile}`,
        ...initialiseOptions(binaries.major, isDurable),
      ],
      { ...account, cwd: "/", env: BARE_ENVIRONMENT },
    ).catch(explainInitialise);
    await rename(unfinished, dir);
    await chmod(dir, 0o700);
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
}

function initialiseOptions(major: number, isDurable: boolean): string[] {
  // Letters beyond ASCII need the locale that PostgreSQL 17 brings itself; the system's locales differ by machine.
  const locale = major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : [];
  return [
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    ...locale,
    "--data-checksums",
    ...(isDurable ? [] : ["--no-sync"]),
  ];
}

function explainInitialise(error: Error & { stderr?: string }): never {
  throw new DomainError(
    "unavailable",
    `PostgreSQL could not make its database folder: ${(error.stderr ?? "").trim() || error.message}`,
  );
}
