import type pg from "pg";

export type Seeded = {
  agents: readonly string[];
  ownerId: string;
  /** Of some thousand calls each. */
  sessionId: string;
  rareModel: string;
  bytesPerCall: number;
};

type Seed = { calls: number; agents: number };

const BATCH = 100_000;
const DAYS = 30;
const OWNERS = 40;
const RARE_MODEL = "claude-3-5-haiku";

const ADD_OWNERS = `
INSERT INTO users (id, email, name, role, password_hash)
SELECT gen_random_uuid(), 'owner-' || number || '@example.com', 'Owner ' || number, 'owner', 'none'
FROM generate_series(1, $1) AS number`;

const ADD_AGENTS = `
INSERT INTO agent_ownership (agent_name, key_hash, key_hint, owner_id, type, created_at)
SELECT 'agent-' || lpad(number::text, 4, '0'), decode(lpad(to_hex(number), 64, '0'), 'hex'), 'seed',
  (SELECT id FROM users WHERE email = 'owner-' || (1 + number % $2) || '@example.com'), 'coding', now() - interval '${DAYS} days'
FROM generate_series(1, $1) AS number`;

/** In the order of time, as calls come: some agents call far more than others, few models are rare, few calls go wrong. */
const ADD_CALLS = `
WITH drawn AS (
  SELECT number, now() - interval '${DAYS} days' * (1 - number::float8 / $3) AS at,
    1 + floor(power(random(), 2) * $4)::int AS agent, random() AS a, random() AS b, random() AS c
  FROM generate_series($1::bigint, $2::bigint) AS number
)
INSERT INTO llm_requests (id, agent_id, admitted_at, model, requested_model, session_id, prompt_id, upstream_request_id,
  error_type, outcome, priced_as, cost_nano_usd, input_tokens, output_tokens, cache_read_input_tokens,
  cache_creation_5m_input_tokens, cache_creation_1h_input_tokens, web_search_requests, latency_ms, first_byte_ms,
  overhead_us, status, streamed, is_estimated)
SELECT gen_random_uuid(), (SELECT min(id) FROM agent_ownership) + agent - 1, at, model, model,
  md5(agent || '/' || floor(number / 5000.0))::uuid::text, md5('p' || number)::uuid::text, 'req_011C' || substr(md5('u' || number), 1, 20),
  CASE WHEN c < 0.985 THEN NULL ELSE 'overloaded_error' END, CASE WHEN c < 0.985 THEN 'completed' ELSE 'failed' END,
  CASE WHEN c < 0.985 THEN 'list' ELSE 'none' END,
  CASE WHEN c < 0.985 THEN (1e6 * exp(2 + 3 * b))::bigint ELSE 0 END,
  (10 + 4000 * a * a)::int, (5 + 1500 * b * b)::int, (90000 * a)::int, (3000 * c)::int, 0, NULL,
  (400 + 30000 * b * b)::int, (200 + 900 * a)::int, (100 + 300 * c)::int, CASE WHEN c < 0.985 THEN 200 ELSE 529 END, true, false
FROM drawn CROSS JOIN LATERAL (
  SELECT CASE WHEN a < 0.00005 THEN '${RARE_MODEL}' WHEN a < 0.5 THEN 'claude-opus-5-5' WHEN b < 0.7 THEN 'claude-sonnet-5-5'
    ELSE 'claude-haiku-5-5' END AS model
) AS named`;

const SUMS = `count(*), count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'refused')`;
const TOKENS = `coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cache_read_input_tokens), 0),
  coalesce(sum(cache_creation_5m_input_tokens), 0), coalesce(sum(cache_creation_1h_input_tokens), 0),
  coalesce(sum(web_search_requests), 0)`;
const TAKEN = `llm_requests CROSS JOIN LATERAL (VALUES ('latency', latency_ms), ('first_byte', first_byte_ms)) AS taken (metric, ms)
  WHERE outcome = 'completed' AND ms IS NOT NULL`;

/** What the ledger's writer would have summed up on the way. */
const ADD_SUMS = [
  `INSERT INTO usage_quarter_hours SELECT agent_id, date_bin('15 minutes', admitted_at, 'epoch'), model, ${SUMS}, 0,
     sum(cost_nano_usd), ${TOKENS} FROM llm_requests GROUP BY 1, 2, 3`,
  `INSERT INTO fleet_quarter_hours SELECT date_bin('15 minutes', admitted_at, 'epoch'), model, ${SUMS}, 0,
     sum(cost_nano_usd), ${TOKENS} FROM llm_requests GROUP BY 1, 2`,
  `INSERT INTO usage_days SELECT agent_id, date_trunc('day', admitted_at, 'UTC'), ${SUMS}, sum(cost_nano_usd), max(admitted_at)
     FROM llm_requests GROUP BY 1, 2`,
  `INSERT INTO fleet_durations SELECT date_trunc('hour', admitted_at, 'UTC'), metric, duration_bin(ms), count(*)
     FROM ${TAKEN} GROUP BY 1, 2, 3`,
  `INSERT INTO agent_durations SELECT agent_id, date_trunc('day', admitted_at, 'UTC'), metric, duration_bin(ms), count(*)
     FROM ${TAKEN} GROUP BY 1, 2, 3, 4`,
  `INSERT INTO session_sums SELECT agent_id, session_id, '', min(admitted_at), max(admitted_at),
     max(admitted_at + latency_ms * interval '1 millisecond'), ${SUMS}, 0, sum(cost_nano_usd), ${TOKENS},
     array_agg(DISTINCT model ORDER BY model) FROM llm_requests GROUP BY 1, 2`,
  "VACUUM ANALYZE",
];

const FIGURES = `
SELECT (SELECT pg_total_relation_size('llm_requests')::float8) / $1 AS bytes,
  (SELECT session_id FROM llm_requests ORDER BY admitted_at DESC LIMIT 1) AS session_id,
  (SELECT owner_id FROM agent_ownership ORDER BY id LIMIT 1) AS owner_id`;

/** Fills an empty ledger with a month of calls of many agents, and the sums beside it. `say` hears how far it is. */
export async function seedCalls(pool: pg.Pool, { calls, agents }: Seed, say: (line: string) => void): Promise<Seeded> {
  await pool.query(ADD_OWNERS, [OWNERS]);
  await pool.query(ADD_AGENTS, [agents, OWNERS]);
  for (let from = 1; from <= calls; from += BATCH) {
    await pool.query(ADD_CALLS, [from, Math.min(from + BATCH - 1, calls), calls, agents]);
    if (from % (10 * BATCH) === 1 && calls > BATCH * 10) say(`${from - 1} of ${calls} calls seeded`);
  }
  for (const statement of ADD_SUMS) await pool.query(statement);
  const { rows } = await pool.query<{ bytes: number; session_id: string; owner_id: string }>(FIGURES, [calls]);
  const [row] = rows;
  if (row === undefined) throw new Error("the seeded calls are not there");
  const names = await pool.query<{ agent_name: string }>("SELECT agent_name FROM agent_ownership ORDER BY id LIMIT 3");
  return {
    agents: names.rows.map(({ agent_name: name }) => name),
    ownerId: row.owner_id,
    sessionId: row.session_id,
    rareModel: RARE_MODEL,
    bytesPerCall: row.bytes,
  };
}
