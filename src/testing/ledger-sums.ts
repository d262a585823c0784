import type pg from "pg";

const SUMS = `
  count(*) AS requests,
  count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'refused') AS refused,
  count(*) FILTER (WHERE is_estimated) AS estimated, sum(cost_nano_usd)::bigint AS cost_nano_usd,
  coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
  coalesce(sum(cache_read_input_tokens), 0) AS cache_read_input_tokens,
  coalesce(sum(cache_creation_5m_input_tokens), 0) AS cache_creation_5m_input_tokens,
  coalesce(sum(cache_creation_1h_input_tokens), 0) AS cache_creation_1h_input_tokens,
  coalesce(sum(web_search_requests), 0) AS web_search_requests`;

const TAKEN = `
  llm_requests CROSS JOIN LATERAL (VALUES ('latency', latency_ms), ('first_byte', first_byte_ms)) AS taken (metric, ms)
  WHERE outcome = 'completed' AND ms IS NOT NULL`;

const SPANS = `
  min(admitted_at) AS first_call_at, max(admitted_at) AS last_call_at,
  max(admitted_at + make_interval(secs => coalesce(latency_ms, 0) / 1000.0)) AS ended_at`;
/** As the ledger keeps them: sixteen at most. */
const MODELS = "array_agg(DISTINCT model) AS models";

/** Each sum that the ledger keeps beside its rows, computed anew from the rows. */
const COMPARISONS: Record<string, string> = {
  usage_quarter_hours: `
    SELECT agent_id, date_bin('15 minutes', admitted_at, 'epoch') AS bucket_start, model, ${SUMS}
    FROM llm_requests GROUP BY 1, 2, 3`,
  fleet_quarter_hours: `
    SELECT date_bin('15 minutes', admitted_at, 'epoch') AS bucket_start, model, ${SUMS} FROM llm_requests GROUP BY 1, 2`,
  fleet_durations: `
    SELECT date_trunc('hour', admitted_at, 'UTC') AS hour_start, metric, duration_bin(ms) AS bin, count(*) AS calls
    FROM ${TAKEN} GROUP BY 1, 2, 3`,
  agent_durations: `
    SELECT agent_id, date_trunc('day', admitted_at, 'UTC') AS day_start, metric, duration_bin(ms) AS bin, count(*) AS calls
    FROM ${TAKEN} GROUP BY 1, 2, 3, 4`,
  session_sums: `
    SELECT *, date_bin('1 hour', last_call_at, 'epoch') AS last_hour, session_cost_step(cost_nano_usd) AS cost_step
    FROM (SELECT agent_id, session_id, '' AS subagent_id, ${SPANS}, ${SUMS}, ${MODELS} FROM llm_requests
          WHERE session_id IS NOT NULL GROUP BY 1, 2
          UNION ALL SELECT agent_id, session_id, subagent_id, ${SPANS}, ${SUMS}, ${MODELS} FROM llm_requests
          WHERE session_id IS NOT NULL AND subagent_id IS NOT NULL GROUP BY 1, 2, 3) AS sums`,
  usage_days: `
    SELECT agent_id, date_trunc('day', admitted_at, 'UTC') AS day_start, count(*) AS requests,
      count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'refused') AS refused,
      sum(cost_nano_usd)::bigint AS cost_nano_usd, max(admitted_at) AS last_seen_at
    FROM llm_requests GROUP BY 1, 2`,
};

/** The rows by which the ledger's sums and its rows disagree, as text; empty when every sum is right. */
export async function ledgerDifferences(pool: pg.Pool): Promise<string[]> {
  const differences: string[] = [];
  for (const [table, computed] of Object.entries(COMPARISONS)) {
    const columns = await pool.query<{ name: string }>(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position",
      [table],
    );
    const names = columns.rows.map((column) => column.name).join(", ");
    const [kept, counted] = [`SELECT ${names} FROM ${table}`, `SELECT ${names} FROM (${computed}) AS computed`];
    for (const [what, left, right] of [
      ["kept", kept, counted],
      ["counted", counted, kept],
    ]) {
      const { rows } = await pool.query(
        `SELECT to_jsonb(difference) AS row FROM (${left} EXCEPT ${right}) AS difference`,
      );
      differences.push(...rows.map(({ row }) => `${table}, ${what}: ${JSON.stringify(row)}`));
    }
  }
  return differences;
}
