import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import pg from "pg";

import { DomainError } from "#domain/errors.ts";

export type MigrateOptions = {
  databaseUrl: string;
  /** `prisma/migrations`: a folder per migration, applied in the order of their names. */
  migrationsDir: string;
};

type Migration = { name: string; sql: string; checksum: string };
type AppliedRow = { migration_name: string; checksum: string; finished_at: Date | null };

/** The lock that Prisma's own tools take, so that they and we never migrate at the same time. */
const ADVISORY_LOCK = 72707369;

/** The bookkeeping table as Prisma makes it: its tools then agree about what was applied. */
const CREATE_BOOKKEEPING = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                   varchar(36) PRIMARY KEY NOT NULL,
    checksum             varchar(64) NOT NULL,
    finished_at          timestamptz,
    migration_name       varchar(255) NOT NULL,
    logs                 text,
    rolled_back_at       timestamptz,
    started_at           timestamptz NOT NULL DEFAULT now(),
    applied_steps_count  integer NOT NULL DEFAULT 0
  )`;

/**
 * Brings the database to the tables this program needs: every migration that is missing, each in a transaction of
 * its own, one process at a time. Resolves with the names of those it applied.
 * @throws DomainError `conflict` when the database and this program do not belong together; it is left unchanged
 */
export async function migrate({ databaseUrl, migrationsDir }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(migrationsDir);
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined); // a lost connection also fails the query that is under way
  await client.connect();
  try {
    await client.query("SET lock_timeout = '60s'");
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
    await client.query(CREATE_BOOKKEEPING);
    const missing = findMissing(migrations, await readApplied(client));
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => migration.name);
  } finally {
    await client.end(); // which also gives the lock back
  }
}

async function readMigrations(migrationsDir: string): Promise<Migration[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(migrationsDir, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function readApplied(client: pg.Client): Promise<AppliedRow[]> {
  const { rows } = await client.query<AppliedRow>(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  return rows;
}

function findMissing(migrations: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  for (const row of applied) {
    const migration = migrations.find(({ name }) => name === row.migration_name);
    if (row.finished_at === null) {
      throw new DomainError(
        "conflict",
        `The migration ${row.migration_name} was begun and not finished. Repair it with Prisma's tools first.`,
      );
    }
    if (!migration) {
      throw new DomainError(
        "conflict",
        `The database is newer than this program: it has the migration ${row.migration_name}. Start a newer version.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new DomainError(
        "conflict",
        `The migration ${migration.name} is not the one that made this database: its file was changed afterwards.`,
      );
    }
  }
  const names = new Set(applied.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !names.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
       VALUES ($1, $2, clock_timestamp(), $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new DomainError("conflict", `The migration ${name} does not fit this database: ${reason}`);
  }
}
