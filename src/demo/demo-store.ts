import type pg from "pg";
import { v7 as uuid } from "uuid";

import type { BudgetRule } from "#domain/budget.ts";
import { toUsdText } from "#domain/money.ts";

/** `empty`: nobody and nothing yet. `seeding`: a seed was begun and not finished. `foreign`: somebody else's. */
export type DemoState = "empty" | "seeding" | "seeded" | "foreign";

export type NewPerson = { email: string; name: string; role: "admin" | "owner"; passwordHash: string };
export type NewApiKey = { name: string; keyHash: Buffer; keyHint: string };
export type NewAgent = {
  name: string;
  type: string;
  ownerEmail: string | null;
  keyHash: Buffer;
  keyHint: string;
  budget: BudgetRule | null;
};

/** Who and what the demo begins with. The first person is the admin who made the rest, at `createdAt`. */
export type NewCast = {
  people: readonly [NewPerson, ...NewPerson[]];
  apiKey: NewApiKey;
  agents: readonly NewAgent[];
  createdAt: Date;
};

export type DemoStore = ReturnType<typeof createDemoStore>;

type Transaction = { client: pg.PoolClient; at: Date; admin: { id: string; name: string } };

/** The setting by which a demo's database is told from anybody else's. */
const MARK = "demo";

const STATE = `
SELECT coalesce(
  (SELECT value ->> 'state' FROM settings WHERE key = '${MARK}'),
  CASE WHEN EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM agent_ownership) THEN 'foreign' ELSE 'empty' END
) AS state`;

const SAVE_MARK = `
INSERT INTO settings (key, value) VALUES ('${MARK}', jsonb_build_object('state', $1::text))
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`;

/** The ledger's writer dates an alert when it writes it; in a history that is not when the call ended. */
const DATE_ALERTS = `
UPDATE alerts SET crossed_at = admitted_at + make_interval(secs => coalesce(latency_ms, 0) / 1000.0)
FROM llm_requests WHERE llm_requests.id = alerts.request_id`;

/** Of the history, people have been told, and have seen what is not of today. */
const SEE_ALERTS = [
  "UPDATE alerts SET dispatched_at = crossed_at",
  `UPDATE users SET alerts_seen_id = coalesce(
    (SELECT max(id) FROM alerts WHERE crossed_at < date_trunc('day', $1::timestamptz, 'UTC')), 0)`,
];

/** The owner of the agent that was stopped today asks for more; an admin may answer on the alerts' page. */
const ASK_FOR_MORE = `
WITH asked AS (
  INSERT INTO budget_increases (scope, agent_id, period, amount_nano_usd, reason, state, requested_by, requested_by_name,
    requested_at, starts_at, ends_at)
  SELECT 'agent', agent.id, 'day', 5000000000, 'The release is tonight, and two modules are left.', 'requested', owner.id,
    owner.name, $1::timestamptz - interval '12 min', $1::timestamptz - interval '12 min', $1::timestamptz + interval '12 h'
  FROM agent_ownership AS agent JOIN users AS owner ON owner.id = agent.owner_id WHERE agent_name = 'nightly-refactor'
  RETURNING id, agent_id, requested_at
), today AS (
  SELECT alerts.* FROM alerts JOIN asked USING (agent_id) WHERE kind = 'threshold' AND period = 'day'
  ORDER BY alerts.id DESC LIMIT 1
)
INSERT INTO alerts (kind, budget, agent_id, increase_id, period, period_start, limit_nano_usd, spent_nano_usd, crossed_at,
  dispatched_at)
SELECT 'request', budget, agent_id, asked.id, period, period_start, limit_nano_usd, spent_nano_usd, requested_at, requested_at
FROM asked JOIN today USING (agent_id)`;

/** The demo's own statements: what no person would do through the portal. */
export function createDemoStore(pool: pg.Pool) {
  return {
    async state(): Promise<DemoState> {
      const { rows } = await pool.query<{ state: DemoState }>(STATE);
      return rows[0]?.state ?? "empty";
    },

    /** Removes what a seed that was not finished has left. Only for a database in state `seeding`. */
    async clear(): Promise<void> {
      await pool.query(
        "TRUNCATE users, audit_log, agent_ownership, settings, fleet_quarter_hours, fleet_durations RESTART IDENTITY CASCADE",
      );
    },

    /**
     * Writes people, the admin's API key, agents and budgets, all or nothing, and marks the database as the demo's.
     * Returns the ids of the agents, by name.
     */
    async insertCast(cast: NewCast): Promise<Map<string, number>> {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(SAVE_MARK, ["seeding" satisfies DemoState]);
        const ids = await insertAll(client, cast);
        await client.query("COMMIT");
        client.release();
        return ids;
      } catch (error) {
        // A connection that failed in the middle of a transaction is not given to anyone else.
        client.release(true);
        throw error;
      }
    },

    /** Gives the alerts the instants at which they were crossed, adds what people made of them, and marks the seed as finished. */
    async finish(now: Date): Promise<void> {
      await pool.query(DATE_ALERTS);
      for (const statement of SEE_ALERTS) await pool.query(statement, statement.includes("$1") ? [now] : []);
      await pool.query(ASK_FOR_MORE, [now]);
      await pool.query(SAVE_MARK, ["seeded" satisfies DemoState]);
    },
  };
}

async function insertAll(client: pg.PoolClient, cast: NewCast): Promise<Map<string, number>> {
  const [first, ...others] = cast.people;
  const admin = { id: await insertPerson(client, first, cast.createdAt), name: first.name };
  const transaction = { client, at: cast.createdAt, admin };
  const ownerIds = new Map([[first.email, admin.id]]);
  for (const person of others) ownerIds.set(person.email, await insertPerson(client, person, cast.createdAt));
  await insertApiKey(transaction, cast.apiKey);
  const agentIds = new Map<string, number>();
  for (const agent of cast.agents) {
    const id = await insertAgent(transaction, agent, ownerIds.get(agent.ownerEmail ?? "") ?? null);
    agentIds.set(agent.name, id);
    if (agent.budget !== null) await insertBudget(transaction, { id, name: agent.name }, agent.budget);
  }
  return agentIds;
}

async function insertPerson(client: pg.PoolClient, person: NewPerson, at: Date): Promise<string> {
  const id = uuid();
  await client.query(
    "INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    [id, person.email, person.name, person.role, person.passwordHash, at],
  );
  return id;
}

async function insertApiKey(transaction: Transaction, { name, keyHash, keyHint }: NewApiKey): Promise<void> {
  const { client, at, admin } = transaction;
  const [id, scopes] = [uuid(), ["costs:read"]];
  await client.query(
    `INSERT INTO api_keys (id, user_id, name, key_hash, key_hint, scopes, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, admin.id, name, keyHash, keyHint, scopes, at],
  );
  const after = { name, keyHint, scopes };
  await recordChange(transaction, { action: "api_key.create", subject: `api_key:${id}`, after });
}

async function insertAgent(transaction: Transaction, agent: NewAgent, ownerId: string | null): Promise<number> {
  const { name, type, keyHash, keyHint } = agent;
  const { rows } = await transaction.client.query<{ id: number }>(
    `INSERT INTO agent_ownership (agent_name, type, owner_id, key_hash, key_hint, key_rotated_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
    [name, type, ownerId, keyHash, keyHint, transaction.at],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error(`The agent ${name} was not inserted.`);
  const after = { ownerId, type, keyHint };
  await recordChange(transaction, { action: "agent.create", subject: `agent:${name}`, after });
  return id;
}

async function insertBudget(transaction: Transaction, agent: { id: number; name: string }, budget: BudgetRule) {
  const { actionOnExceed, warningThresholds } = budget;
  const { day, month } = budget.limits;
  const { client, at, admin } = transaction;
  await client.query(
    `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, monthly_limit_nano_usd, action_on_exceed,
       warning_thresholds, created_at, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
    [agent.id, day, month, actionOnExceed, warningThresholds, at, admin.name],
  );
  const [dailyLimitUsd, monthlyLimitUsd] = [day, month].map((limit) => (limit === null ? null : toUsdText(limit)));
  const after = { dailyLimitUsd, monthlyLimitUsd, actionOnExceed };
  await recordChange(transaction, { action: "budget.set", subject: `agent:${agent.name}`, after });
}

type Change = { action: string; subject: string; after: Record<string, unknown> };

async function recordChange({ client, at, admin }: Transaction, { action, subject, after }: Change): Promise<void> {
  await client.query(
    "INSERT INTO audit_log (at, actor_user_id, actor_name, action, subject, after) VALUES ($1, $2, $3, $4, $5, $6)",
    [at, admin.id, admin.name, action, subject, JSON.stringify(after)],
  );
}
