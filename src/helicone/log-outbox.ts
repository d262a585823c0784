import type pg from "pg";

import type { LogContent } from "#domain/helicone-log.ts";
import type { LoggedCall, LogPermission } from "#helicone/log-record.ts";

/** A call that this process is posting: nobody else does so until its lease ends. */
export type ClaimedLog = { call: LoggedCall; permission: LogPermission; attempts: number };

/**
 * How a post ended. `there`: Helicone has it. `again`: it has not, and is to be given it at `waitMs` from now. `unsure`: it
 * may have it; that is asked before it is posted again. `rejected`: it will never take it.
 */
export type LogSettlement =
  | { outcome: "there" }
  | { outcome: "again"; waitMs: number; error: string; countsAsAttempt: boolean; content?: LogContent }
  | { outcome: "unsure"; waitMs: number; error: string }
  | { outcome: "rejected"; error: string };

/** Counts of calls: on their way, of these those that may be there already, and those that Helicone does not take. */
export type OutboxFigures = { waiting: number; unsure: number; rejected: number; oldestAt: Date | null };

export type LogOutbox = ReturnType<typeof createLogOutbox>;

/** Longer than a post can take: whoever takes a call up after it knows that nobody is posting it. */
const LEASE = "60 seconds";
/** A call that Helicone may just be taking in is there, or is not, after this. */
const TAKEN_IN = "10 seconds";
/** Who has not come back by then is not waited for: the reconciliation can send what is missing. */
const KEPT = "30 days";

const CLAIM = `
WITH claimed AS (
  UPDATE helicone_outbox SET state = 'posting', attempts = attempts + 1, next_attempt_at = now() + interval '${LEASE}'
  WHERE request_id IN (
    SELECT request_id FROM helicone_outbox WHERE state = 'due' AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
  )
  RETURNING request_id, content, attempts
)
SELECT claimed.content, claimed.attempts, call.id, admitted_at, model, requested_model, session_id, error_type, outcome,
  status, latency_ms, first_byte_ms, streamed, input_tokens, output_tokens, cache_read_input_tokens,
  cache_creation_5m_input_tokens, cache_creation_1h_input_tokens, web_search_requests,
  coalesce(tags.agent_name, agent.agent_name) AS agent_name, tags.type AS agent_type, tags.owner_id::text AS agent_owner,
  coalesce(agent.helicone_log_content,
    (SELECT value #>> '{}' FROM settings WHERE key = 'helicone_log_content'), 'metadata') AS content_now
FROM claimed JOIN llm_requests AS call ON call.id = request_id JOIN agent_ownership AS agent ON agent.id = call.agent_id
LEFT JOIN LATERAL (
  SELECT agent_name, type, owner_id FROM agent_tags
  WHERE agent_tags.agent_id = call.agent_id AND valid_from <= admitted_at ORDER BY valid_from DESC LIMIT 1
) AS tags ON true
ORDER BY admitted_at`;

/** What a process claims that is gone comes up again. */
const CLAIM_DOUBTFUL = `
UPDATE helicone_outbox SET next_attempt_at = now() + interval '${LEASE}'
WHERE request_id IN (
  SELECT request_id FROM helicone_outbox WHERE state = 'unsure' AND next_attempt_at <= now()
  ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
RETURNING request_id::text AS id`;

const IS_READY = "next_attempt_at <= now()";
const READY = `
SELECT EXISTS (SELECT FROM helicone_outbox WHERE state = 'due' AND ${IS_READY}) AS "hasDue",
  EXISTS (SELECT FROM helicone_outbox WHERE state = 'unsure' AND ${IS_READY}) AS "hasDoubtful",
  EXISTS (SELECT FROM helicone_outbox WHERE state <> 'rejected') AS "isWaiting"`;

/** An answer that nobody waits for any more is settled by whoever has taken the call up since. */
const OURS = `(request_id, attempts) IN (SELECT * FROM unnest($1::uuid[], $2::integer[])) AND state = 'posting'`;

const FIGURES = `
SELECT count(*) FILTER (WHERE state <> 'rejected')::int AS waiting, count(*) FILTER (WHERE state = 'unsure')::int AS unsure,
  count(*) FILTER (WHERE state = 'rejected')::int AS rejected, min(created_at) FILTER (WHERE state <> 'rejected') AS oldest_at
FROM helicone_outbox`;

const WANTED = `
SELECT asked.id::text FROM unnest($1::uuid[]) AS asked (id)
WHERE EXISTS (SELECT FROM helicone_outbox WHERE request_id = asked.id AND content <> 'metadata' AND state <> 'rejected')
   OR ($2 AND NOT EXISTS (SELECT FROM llm_requests AS call WHERE call.id = asked.id))`;

/** Of calls that lasted for an hour at the most, so that only the last ones are looked at. */
const DOUBT_ENDED = `
INSERT INTO helicone_outbox (request_id, content, state, next_attempt_at)
SELECT id, 'metadata', 'unsure', now() + interval '${TAKEN_IN}' FROM llm_requests
WHERE admitted_at >= $1::timestamptz - interval '1 hour' AND outcome <> 'refused'
  AND admitted_at + coalesce(latency_ms, 0) * interval '1 millisecond' >= $1
ON CONFLICT DO NOTHING`;

/** The calls that Helicone is still to be told of. Errors: PostgreSQL's own. */
export function createLogOutbox(pool: pg.Pool) {
  return {
    /** Takes the calls that are due, at most `count`, the longest due first. */
    async claim(count: number): Promise<ClaimedLog[]> {
      const { rows } = await pool.query<ClaimedRow>(CLAIM, [count]);
      return rows.map(toClaimed);
    },

    /** Whether calls can be posted, and asked after, now, and whether any are here at all but for rejected ones. */
    async ready(): Promise<Ready> {
      const { rows } = await pool.query<Ready>(READY);
      return rows[0] ?? { hasDue: false, hasDoubtful: false, isWaiting: false };
    },

    /** Notes how posts ended, all in the same way. */
    async settle(claimed: readonly ClaimedLog[], settlement: LogSettlement): Promise<void> {
      const ids = claimed.map(({ call }) => call.id);
      const attempts = claimed.map((one) => one.attempts);
      await pool.query(...settling(ids, attempts, settlement));
    },

    /** Takes calls of which it is not known whether Helicone has them: their ids, to ask after. */
    async claimDoubtful(count: number): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>(CLAIM_DOUBTFUL, [count]);
      return rows.map(({ id }) => id);
    },

    /** Helicone has said: the first are there, the others are not and are due. */
    async resolveDoubt(there: readonly string[], missing: readonly string[]): Promise<void> {
      await pool.query("DELETE FROM helicone_outbox WHERE request_id = ANY($1::uuid[])", [there]);
      await pool.query(
        `UPDATE helicone_outbox SET state = 'due', next_attempt_at = now()
         WHERE request_id = ANY($1::uuid[]) AND state = 'unsure'`,
        [missing],
      );
    },

    /**
     * Calls whose poster has not come back may be there. `isStart`: at the start of a process they are those of the one before,
     * whose lease need not be waited for.
     */
    async doubtAbandoned(isStart: boolean): Promise<void> {
      await pool.query(
        `UPDATE helicone_outbox SET state = 'unsure', next_attempt_at = now() + interval '${TAKEN_IN}',
           last_error = 'the gateway ended while it was posting'
         WHERE state = 'posting' AND ($1 OR next_attempt_at <= now())`,
        [isStart],
      );
    },

    /** Gives up on calls that have waited for longer than anybody looks back. */
    async expire(): Promise<void> {
      await pool.query(`DELETE FROM helicone_outbox WHERE created_at < now() - interval '${KEPT}'`);
    },

    /**
     * Of which of these calls the bodies are still to be delivered. `isLedgerBehind`: what is not in the ledger may be on its
     * way there, and counts as well.
     */
    async wanted(ids: readonly string[], isLedgerBehind: boolean): Promise<ReadonlySet<string>> {
      const { rows } = await pool.query<{ id: string }>(WANTED, [ids, isLedgerBehind]);
      return new Set(rows.map(({ id }) => id));
    },

    /**
     * Puts calls that have ended since then among those to be asked after, and told as metadata if Helicone lacks them.
     * Those on their way already stay as they are. Says how many were put there.
     */
    async doubtEndedSince(since: Date): Promise<number> {
      const { rowCount } = await pool.query(DOUBT_ENDED, [since]);
      return rowCount ?? 0;
    },

    async figures(): Promise<OutboxFigures> {
      const { rows } = await pool.query<Omit<OutboxFigures, "oldestAt"> & { oldest_at: Date | null }>(FIGURES);
      const { waiting = 0, unsure = 0, rejected = 0, oldest_at: oldestAt = null } = rows[0] ?? {};
      return { waiting, unsure, rejected, oldestAt };
    },
  };
}

function settling(ids: string[], attempts: number[], settlement: LogSettlement): [string, unknown[]] {
  switch (settlement.outcome) {
    case "there":
      // Whoever has the call in hand by now: it is there.
      return ["DELETE FROM helicone_outbox WHERE request_id = ANY($1::uuid[])", [ids]];
    case "again":
      return [
        `UPDATE helicone_outbox SET state = 'due', next_attempt_at = now() + $3 * interval '1 millisecond', last_error = $4,
           attempts = attempts - CASE WHEN $5 THEN 0 ELSE 1 END, content = coalesce($6, content) WHERE ${OURS}`,
        [ids, attempts, settlement.waitMs, settlement.error, settlement.countsAsAttempt, settlement.content ?? null],
      ];
    case "unsure":
      return [
        `UPDATE helicone_outbox SET state = 'unsure', next_attempt_at = now() + $3 * interval '1 millisecond', last_error = $4
         WHERE ${OURS}`,
        [ids, attempts, settlement.waitMs, settlement.error],
      ];
    case "rejected":
      return [
        `UPDATE helicone_outbox SET state = 'rejected', last_error = $3 WHERE ${OURS}`,
        [ids, attempts, settlement.error],
      ];
  }
}

type Ready = { hasDue: boolean; hasDoubtful: boolean; isWaiting: boolean };

type ClaimedRow = {
  content: LogContent;
  content_now: LogContent;
  attempts: number;
  id: string;
  admitted_at: Date;
  model: string;
  requested_model: string | null;
  session_id: string | null;
  error_type: string | null;
  outcome: LoggedCall["outcome"];
  status: number | null;
  latency_ms: number | null;
  first_byte_ms: number | null;
  streamed: boolean;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_input_tokens: number | null;
  cache_creation_5m_input_tokens: number | null;
  cache_creation_1h_input_tokens: number | null;
  web_search_requests: number | null;
  agent_name: string;
  agent_type: string | null;
  agent_owner: string | null;
};

function toClaimed(row: ClaimedRow): ClaimedLog {
  const call: LoggedCall = {
    id: row.id,
    admittedAt: row.admitted_at,
    model: row.model,
    requestedModel: row.requested_model,
    sessionId: row.session_id,
    errorType: row.error_type,
    outcome: row.outcome,
    status: row.status,
    latencyMs: row.latency_ms,
    firstByteMs: row.first_byte_ms,
    isStreamed: row.streamed,
    usage: {
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      cacheReadInputTokens: row.cache_read_input_tokens,
      cacheCreation5mInputTokens: row.cache_creation_5m_input_tokens,
      cacheCreation1hInputTokens: row.cache_creation_1h_input_tokens,
      webSearchRequests: row.web_search_requests,
    },
    agent: { name: row.agent_name, ownerId: row.agent_owner, type: row.agent_type },
  };
  return { call, permission: { promised: row.content, now: row.content_now }, attempts: row.attempts };
}
