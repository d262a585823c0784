import { afterAll, beforeAll, expect, it } from "vitest";

import { createPool } from "#db.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it("amounts of 64 bits arrive exactly", async () => {
  const pool = createPool(database.databaseUrl, { max: 1, onError: () => undefined });
  const { rows } = await pool.query("SELECT 9223372036854775807::bigint AS most, 5::int AS small");
  expect([rows[0].most, rows[0].small]).toEqual([9_223_372_036_854_775_807n, 5]);
  await pool.end();
});

it("a query that takes too long fails, and the next one is not harmed", async () => {
  const pool = createPool(database.databaseUrl, { max: 1, onError: () => undefined, queryTimeoutMs: 200 });
  await expect(pool.query("SELECT pg_sleep(30)")).rejects.toThrow(/timeout/);
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

it("a connection that the server ends while it is idle is told of, and replaced", async () => {
  const lost: string[] = [];
  const pool = createPool(database.databaseUrl, { max: 1, onError: (error) => lost.push(error.message) });
  const other = createPool(database.databaseUrl, { max: 1, onError: () => undefined });
  const { rows } = await pool.query("SELECT pg_backend_pid() AS pid");
  await other.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
  await expect.poll(() => lost).toHaveLength(1);
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  await Promise.all([pool.end(), other.end()]);
});
