import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import type pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createPool } from "#db.ts";
import { migrate } from "#supervisor/migrate.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";
import { ledgerDifferences } from "#testing/ledger-sums.ts";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../prisma/migrations");

let database: TestDatabase;
let pool: pg.Pool;
let earlier: string;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool(database.databaseUrl, { max: 2, onError: () => undefined });
  await pool.query("DROP SCHEMA public CASCADE");
  await pool.query("CREATE SCHEMA public");
  earlier = await mkdtemp(path.join(os.tmpdir(), "trinity-earlier-"));
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(earlier, { recursive: true });
});

/** The database as the release had it whose last migration begins with `last`. */
async function migrateUpTo(last: string): Promise<void> {
  for (const name of await readdir(MIGRATIONS)) {
    if (name.slice(0, last.length) <= last)
      await cp(path.join(MIGRATIONS, name), path.join(earlier, name), { recursive: true });
  }
  await migrate({ databaseUrl: database.databaseUrl, migrationsDir: earlier });
}

/** A month of calls of three agents, with the sums that were kept then. */
const RECORDED_BEFORE = [
  `INSERT INTO agent_ownership (agent_name, key_hash, key_hint)
   SELECT 'agent-' || number, decode(lpad(number::text, 64, '0'), 'hex'), '' FROM generate_series(1, 3) AS number`,
  `INSERT INTO llm_requests (id, agent_id, admitted_at, model, outcome, priced_as, cost_nano_usd, input_tokens, output_tokens,
     latency_ms, first_byte_ms, status, streamed, is_estimated, session_id, subagent_id)
   SELECT gen_random_uuid(), (SELECT min(id) FROM agent_ownership) + number % 3, now() - number * interval '73 minutes',
     'model-' || number % 2, CASE WHEN number % 10 = 0 THEN 'failed' ELSE 'completed' END, 'list', number * 1000, number, 5,
     CASE WHEN number % 7 = 0 THEN NULL ELSE number * 97 % 700000 END, number % 3000, 200, true, number % 11 = 0,
     CASE WHEN number % 5 > 0 THEN 'session-' || number % 20 END, CASE WHEN number % 4 = 0 THEN 'subagent-' || number % 8 END
   FROM generate_series(1, 500) AS number`,
  `INSERT INTO usage_quarter_hours SELECT agent_id, date_bin('15 minutes', admitted_at, 'epoch'), model, count(*),
     count(*) FILTER (WHERE outcome = 'failed'), 0, count(*) FILTER (WHERE is_estimated), sum(cost_nano_usd), sum(input_tokens),
     sum(output_tokens), 0, 0, 0, 0 FROM llm_requests GROUP BY 1, 2, 3`,
  `INSERT INTO usage_days SELECT agent_id, date_trunc('day', admitted_at, 'UTC'), count(*),
     count(*) FILTER (WHERE outcome = 'failed'), 0, sum(cost_nano_usd), max(admitted_at) FROM llm_requests GROUP BY 1, 2`,
];

describe("a database of an earlier release", () => {
  it("has every sum of what was recorded before, also the sums that are new", async () => {
    await migrateUpTo("0003");
    for (const statement of RECORDED_BEFORE) await pool.query(statement);
    const applied = await migrate({ databaseUrl: database.databaseUrl, migrationsDir: MIGRATIONS });
    expect(applied.length).toBeGreaterThan(1);
    expect(await ledgerDifferences(pool)).toEqual([]);
    const { rows } = await pool.query("SELECT sum(calls)::int AS calls FROM fleet_durations");
    expect(rows[0].calls).toBeGreaterThan(800);
    const sessions = await pool.query("SELECT sum(requests)::int AS calls FROM session_sums WHERE subagent_id = ''");
    expect(sessions.rows[0].calls).toBe(400);
  });
});
