import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createPool } from "#db.ts";
import type { DemoSecrets } from "#demo/demo-secrets.ts";
import { seedDemo } from "#demo/seed-demo.ts";
import { budgetStanding } from "#domain/budget-status.ts";
import { periodAt } from "#domain/period.ts";
import { isPassword } from "#people/password.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

/** Afternoon: every agent has had its hours. */
const NOW = new Date("2026-11-24T14:30:00.000Z");
const ROOT = path.resolve(import.meta.dirname, "../..");

let database: TestDatabase;
let pool: pg.Pool;
let dataDir: string;

const setUp = async () => {
  database = await createTestDatabase();
  pool = createPool(database.databaseUrl, { max: 2, onError: () => undefined });
  dataDir = await mkdtemp(path.join(os.tmpdir(), "trinity-test-demo-"));
};

const tearDown = async () => {
  await pool.end();
  await database.drop();
  await rm(dataDir, { recursive: true });
};

const rowsOf = async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows;
const countOf = async (table: string) => (await rowsOf(`SELECT count(*)::int AS count FROM ${table}`))[0].count;

describe("a seeded demo", () => {
  let secrets: DemoSecrets;
  beforeAll(async () => {
    await setUp();
    secrets = await seedDemo({ pool, dataDir, now: NOW });
  });
  afterAll(tearDown);

  it("has sums that are those of its calls, in every table that keeps sums", async () => {
    expect(await countOf("llm_requests")).toBeGreaterThan(8_000);
    const counts = `count(*)::int AS requests, count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
      count(*) FILTER (WHERE outcome = 'refused')::int AS refused, sum(cost_nano_usd)::text AS cost`;
    const sums = `sum(requests)::int AS requests, sum(failed)::int AS failed, sum(refused)::int AS refused,
      sum(cost_nano_usd)::text AS cost`;
    const day = "date_trunc('day', admitted_at, 'UTC')";

    const quarterHours = `SELECT agent_id, model, date_trunc('day', bucket_start, 'UTC') AS day, ${sums},
      sum(estimated)::int AS estimated, sum(input_tokens)::text AS input, sum(output_tokens)::text AS output,
      sum(cache_read_input_tokens)::text AS cache_read, sum(cache_creation_5m_input_tokens)::text AS write_5m,
      sum(cache_creation_1h_input_tokens)::text AS write_1h, sum(web_search_requests)::text AS searches
      FROM usage_quarter_hours GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
    const ledger = `SELECT agent_id, model, ${day} AS day, ${counts},
      count(*) FILTER (WHERE is_estimated)::int AS estimated, coalesce(sum(input_tokens), 0)::text AS input,
      coalesce(sum(output_tokens), 0)::text AS output, coalesce(sum(cache_read_input_tokens), 0)::text AS cache_read,
      coalesce(sum(cache_creation_5m_input_tokens), 0)::text AS write_5m,
      coalesce(sum(cache_creation_1h_input_tokens), 0)::text AS write_1h,
      coalesce(sum(web_search_requests), 0)::text AS searches
      FROM llm_requests GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
    expect(await rowsOf(quarterHours)).toEqual(await rowsOf(ledger));

    expect(
      await rowsOf(`SELECT agent_id, day_start AS day, requests::int, failed::int, refused::int,
        cost_nano_usd::text AS cost, last_seen_at FROM usage_days ORDER BY 1, 2`),
    ).toEqual(
      await rowsOf(`SELECT agent_id, ${day} AS day, ${counts}, max(admitted_at) AS last_seen_at
        FROM llm_requests GROUP BY 1, 2 ORDER BY 1, 2`),
    );
  });

  it("has agents in every state, and the alerts that belong to it", async () => {
    expect(await readStates()).toEqual({
      "code-reviewer": "near",
      "data-analyst": "ok",
      "data-migration": "ok",
      "dependency-updater": "ok",
      "docs-writer": null,
      "incident-responder": "ok",
      "nightly-refactor": "blocked",
      "release-notes": "ok",
      "research-bot": "reached",
      "security-auditor": "ok",
      "support-triage": "ok",
      "test-writer": "ok",
    });
    expect(await readTodaysAlerts()).toEqual({
      "code-reviewer": [50, 80],
      "nightly-refactor": [50, 80, 100],
      "research-bot": [50, 80, 100],
    });
    const misplaced = await rowsOf(
      `SELECT alerts.* FROM alerts JOIN llm_requests ON llm_requests.id = request_id
       WHERE alerts.agent_id <> llm_requests.agent_id OR crossed_at < admitted_at OR crossed_at > $1
         OR date_trunc(period, admitted_at, 'UTC') <> period_start
         OR spent_nano_usd * 100 < limit_nano_usd * threshold_percent`,
      [NOW],
    );
    expect(misplaced).toEqual([]);
  });

  it("has told its people of what happened, of which only today's is new, and has a request that waits for its answer", async () => {
    expect(await rowsOf("SELECT id FROM alerts WHERE dispatched_at IS NULL")).toEqual([]);
    const unseen = `SELECT kind, count(*)::int AS count, min(crossed_at) >= $1 AS "isOfToday" FROM alerts
      WHERE id > (SELECT min(alerts_seen_id) FROM users) GROUP BY 1 ORDER BY 1`;
    expect(await rowsOf(unseen, [new Date(NOW.toISOString().slice(0, 10))])).toEqual([
      { kind: "request", count: 1, isOfToday: true },
      { kind: "threshold", count: 8, isOfToday: true },
    ]);
    const waiting =
      "SELECT requested_by_name, ends_at > $1 AS \"isOpen\" FROM budget_increases WHERE state = 'requested'";
    expect(await rowsOf(waiting, [NOW])).toEqual([{ requested_by_name: "Maya Lindqvist", isOpen: true }]);
  });

  it("lets its people sign in, keeps their passwords for this user alone, and tells who made what", async () => {
    const people = await rowsOf("SELECT email, role, password_hash FROM users ORDER BY email");
    expect(people.map(({ email, role }) => [email, role])).toEqual([
      ["admin@demo.local", "admin"],
      ["jonas@demo.local", "owner"],
      ["maya@demo.local", "owner"],
      ["priya@demo.local", "owner"],
    ]);
    for (const { email, password_hash: hash } of people) {
      const password = secrets.passwords.find((known) => known.email === email)?.password ?? "";
      expect(await isPassword(password, hash)).toBe(true);
      expect(password).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    }
    const files = await readdir(dataDir);
    expect(files).toEqual(["demo-secrets.json"]);
    expect((await stat(path.join(dataDir, "demo-secrets.json"))).mode & 0o777).toBe(0o600);
    expect(await countOf("api_keys")).toBe(1);
    expect(await rowsOf("SELECT action, count(*)::int AS count FROM audit_log GROUP BY 1 ORDER BY 1")).toEqual([
      { action: "agent.create", count: 12 },
      { action: "api_key.create", count: 1 },
      { action: "budget.set", count: 11 },
    ]);
    const trail = JSON.stringify(await rowsOf("SELECT subject, before, after FROM audit_log"));
    for (const secret of [secrets.apiKey, ...secrets.agentKeys.map(({ virtualKey }) => virtualKey)]) {
      expect(trail).not.toContain(secret);
    }
  });

  it("is left as it is by a second start", async () => {
    const calls = await countOf("llm_requests");
    const later = new Date(NOW.getTime() + 3 * 86_400_000);
    expect(await seedDemo({ pool, dataDir, now: later })).toEqual(secrets);
    expect(await countOf("llm_requests")).toBe(calls);
    expect(await countOf("users")).toBe(4);
  });

  it("says what to do when its passwords are lost", async () => {
    await rm(path.join(dataDir, "demo-secrets.json"));
    await expect(seedDemo({ pool, dataDir, now: NOW })).rejects.toThrow(`Remove ${dataDir} to begin a new demo.`);
  });
});

describe("the seed", () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it("begins again where it was interrupted", async () => {
    await seedDemo({ pool, dataDir, now: NOW });
    const calls = await countOf("llm_requests");
    // What an end in the middle leaves behind: part of the ledger, and the mark of a seed that is not finished.
    await pool.query("DELETE FROM llm_requests WHERE admitted_at > $1", [new Date(NOW.getTime() - 20 * 86_400_000)]);
    await pool.query("UPDATE settings SET value = '{\"state\":\"seeding\"}' WHERE key = 'demo'");
    await seedDemo({ pool, dataDir, now: NOW });
    expect(await countOf("llm_requests")).toBe(calls);
    expect(await countOf("users")).toBe(4);
    expect(await readStates()).toMatchObject({ "code-reviewer": "near", "nightly-refactor": "blocked" });
  });

  it("touches nothing in a database that is not the demo's", async () => {
    await pool.query("INSERT INTO agent_ownership (agent_name, key_hash, key_hint) VALUES ('mine', 'x', 'x')");
    await expect(seedDemo({ pool, dataDir, now: NOW })).rejects.toMatchObject({ code: "conflict" });
    expect(await rowsOf("SELECT agent_name FROM agent_ownership")).toEqual([{ agent_name: "mine" }]);
    expect(await countOf("users")).toBe(0);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it("as a program, prints how to sign in, and the same on the next start", async () => {
    const environment = { DATABASE_URL: database.databaseUrl, DATA_DIR: dataDir, TRINITY_DEMO: "1" };
    const first = await runDemo("seed", environment);
    const lines = first.trimEnd().split("\n");
    expect(lines.map((line) => line.slice(0, 30))).toEqual([
      "Admin     admin@demo.local    ",
      "Owner     maya@demo.local     ",
      "Owner     jonas@demo.local    ",
      "Owner     priya@demo.local    ",
      expect.stringMatching(/^API key {3}tok_/),
    ]);
    expect(await runDemo("seed", environment)).toBe(first);
  });

  it("as a program, fails with one line for a person", async () => {
    await pool.query("INSERT INTO agent_ownership (agent_name, key_hash, key_hint) VALUES ('mine', 'x', 'x')");
    const environment = { DATABASE_URL: database.databaseUrl, DATA_DIR: dataDir };
    await expect(runDemo("seed", environment)).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^This database holds .*\n$/),
    });
  });
});

async function runDemo(command: string, environment: Record<string, string>): Promise<string> {
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", NODE_ENV: "production" as const, ...environment };
  const args = ["--import", "tsx", "src/demo/demo.ts", command];
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })).stdout;
}

/** Where each agent stands at `NOW`, by what the tables of limits and spend say; null without limits. */
async function readStates(): Promise<Record<string, string | null>> {
  const rows = await rowsOf(
    `SELECT agent_name, action_on_exceed, daily_limit_nano_usd AS day_limit, monthly_limit_nano_usd AS month_limit,
       (SELECT coalesce(sum(cost_nano_usd), 0)::bigint FROM usage_days WHERE agent_id = agent.id AND day_start >= $1) AS day_spent,
       (SELECT coalesce(sum(cost_nano_usd), 0)::bigint FROM usage_days WHERE agent_id = agent.id AND day_start >= $2) AS month_spent
     FROM agent_ownership AS agent LEFT JOIN agent_budgets ON agent_budgets.agent_id = agent.id
     ORDER BY agent_name`,
    [periodAt("day", NOW).start, periodAt("month", NOW).start],
  );
  const states = rows.map((row) => {
    if (row.action_on_exceed === null) return [row.agent_name, null];
    const limits = { day: row.day_limit, month: row.month_limit };
    const budget = { limits, actionOnExceed: row.action_on_exceed, warningThresholds: [] };
    return [row.agent_name, budgetStanding(budget, { day: row.day_spent, month: row.month_spent }, NOW).state];
  });
  return Object.fromEntries(states);
}

async function readTodaysAlerts(): Promise<Record<string, number[]>> {
  const rows = await rowsOf(
    `SELECT agent_name, array_agg(threshold_percent ORDER BY threshold_percent) AS thresholds
     FROM alerts JOIN agent_ownership AS agent ON agent.id = agent_id
     WHERE kind = 'threshold' AND period = 'day' AND period_start = $1 GROUP BY 1`,
    [periodAt("day", NOW).start],
  );
  return Object.fromEntries(rows.map((row) => [row.agent_name, row.thresholds]));
}
