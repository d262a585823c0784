import type pg from "pg";

/** A call that was let through, as far as rates are concerned. */
export type RecentCall = {
  agentId: number;
  admittedAt: Date;
  /** Input, cache writes and output, without cache reads. */
  tokens: number;
};

/** One short look per agent: the ledger's index begins with the agent. */
const RECENT_CALLS = `
SELECT recent.* FROM agent_ownership CROSS JOIN LATERAL (
  SELECT agent_id AS "agentId", admitted_at AS "admittedAt", (coalesce(input_tokens, 0) + coalesce(output_tokens, 0)
    + coalesce(cache_creation_5m_input_tokens, 0) + coalesce(cache_creation_1h_input_tokens, 0))::float8 AS tokens
  FROM llm_requests
  WHERE agent_id = agent_ownership.id AND admitted_at > $1 AND outcome <> 'refused'
) AS recent
ORDER BY "admittedAt"`;

/** Every call admitted after `since` that the gateway did not refuse, oldest first. Errors: PostgreSQL's own. */
export async function readRecentCalls(pool: pg.Pool, since: Date): Promise<RecentCall[]> {
  return (await pool.query<RecentCall>(RECENT_CALLS, [since])).rows;
}
