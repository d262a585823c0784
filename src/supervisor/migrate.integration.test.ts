import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { migrate } from "#supervisor/migrate.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

const realMigrations = path.resolve(import.meta.dirname, "../../prisma/migrations");
let database: TestDatabase;
let migrationsDir: string;

beforeEach(async () => {
  database = await createTestDatabase();
  migrationsDir = await mkdtemp(path.join(os.tmpdir(), "trinity-migrations-"));
  await cp(realMigrations, migrationsDir, { recursive: true });
});

afterEach(async () => {
  await database.drop();
  await rm(migrationsDir, { recursive: true });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(path.join(migrationsDir, name), { recursive: true });
  await writeFile(path.join(migrationsDir, name, "migration.sql"), sql);
}

async function tableExists(name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ oid: string | null }>("SELECT to_regclass($1) AS oid", [name]);
    return rows[0]?.oid !== null;
  } finally {
    await client.end();
  }
}

const run = () => migrate({ databaseUrl: database.databaseUrl, migrationsDir });

describe("migrate", () => {
  it("applies what is missing, in order, and nothing twice", async () => {
    await addMigration("9001_first", "CREATE TABLE extra (id integer);");
    await addMigration("9002_second", "ALTER TABLE extra ADD COLUMN name text; INSERT INTO extra VALUES (1, 'x');");
    expect(await run()).toEqual(["9001_first", "9002_second"]);
    expect(await run()).toEqual([]);
  });

  it("is done once when several processes start at the same time", async () => {
    await addMigration("9001_first", "CREATE TABLE extra (id integer); SELECT pg_sleep(0.2);");
    const applied = await Promise.all([run(), run(), run()]);
    expect(applied.flat()).toEqual(["9001_first"]);
  });

  it("leaves nothing of a migration that fails halfway, and names it", async () => {
    await addMigration("9001_broken", "CREATE TABLE extra (id integer); SELECT 1 / 0;");
    await expect(run()).rejects.toThrow("The migration 9001_broken does not fit this database: division by zero");
    expect(await tableExists("extra")).toBe(false);
  });

  it("refuses a migration that was changed after it was applied", async () => {
    await addMigration("9001_first", "CREATE TABLE extra (id integer);");
    await run();
    await addMigration("9001_first", "CREATE TABLE extra (id bigint);");
    await expect(run()).rejects.toThrow("9001_first is not the one that made this database");
  });

  it("refuses a database that a newer version of the program has migrated", async () => {
    await addMigration("9001_future", "CREATE TABLE extra (id integer);");
    await run();
    await rm(path.join(migrationsDir, "9001_future"), { recursive: true });
    await expect(run()).rejects.toThrow("The database is newer than this program");
  });

  it("names every migration file that is in the program in the table Prisma reads", async () => {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    const { rows } = await client.query(
      "SELECT * FROM _prisma_migrations WHERE finished_at IS NULL OR length(checksum) <> 64",
    );
    await client.end();
    expect(rows).toEqual([]);
    expect(await run()).toEqual([]);
  });
});
