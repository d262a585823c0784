import type pg from "pg";

import type { NanoUsd } from "#domain/money.ts";

/** Something is wrong with what an agent does, whatever its limits are. */
export type AgentAlarm = {
  agentId: number;
  at: Date;
  /** The agent's calls shall be refused until somebody resumes it. */
  pauses: boolean;
  cause:
    | { kind: "runaway"; windowMinutes: number; spent: NanoUsd; usual: NanoUsd }
    | { kind: "repetition"; windowMinutes: number; count: number; requestId: string };
};

/** Who pauses an agent when no person does. */
const PAUSER = "Trinity";
const REASONS = {
  runaway: "It was spending far faster than usual.",
  repetition: "It sent the same request again and again.",
} as const;

/**
 * The alert, the pause and its entry in the audit log, all or nothing. Within an hour of one alert of its kind an agent
 * has no second one: who has resumed it knows. A paused agent stays as it is.
 */
const RAISE = `
WITH alert AS (
  INSERT INTO alerts (kind, budget, agent_id, period, period_start, request_id, crossed_at, detail)
  SELECT $2, 'agent:' || id, id, 'day', date_trunc('hour', $3::timestamptz, 'UTC'), $4, $3,
    $5::jsonb || jsonb_build_object('isPaused', $6 OR paused_at IS NOT NULL)
  FROM agent_ownership WHERE id = $1 AND removed_at IS NULL AND NOT EXISTS (
    SELECT FROM alerts WHERE budget = 'agent:' || $1 AND kind = $2 AND crossed_at > $3::timestamptz - interval '1 hour'
  )
  ON CONFLICT DO NOTHING
  RETURNING agent_id
), paused AS (
  UPDATE agent_ownership SET paused_at = $3, paused_by = '${PAUSER}', pause_reason = $7
  FROM alert WHERE id = alert.agent_id AND paused_at IS NULL AND $6
  RETURNING id, agent_name
), audit AS (
  INSERT INTO audit_log (actor_name, action, subject, before, after)
  SELECT '${PAUSER}', 'agent.pause', 'agent:' || agent_name, '{"paused": false}', jsonb_build_object('paused', true, 'reason', $7::text)
  FROM paused
)
SELECT EXISTS (SELECT FROM paused) AS "isPaused" FROM alert`;

/**
 * Raises an alarm. Returns whether it is new and whether it paused the agent. Errors: PostgreSQL's own; nothing was
 * changed then.
 */
export async function raiseAgentAlarm(
  pool: pg.Pool,
  { agentId, at, pauses, cause }: AgentAlarm,
): Promise<{ isNew: boolean; isPaused: boolean }> {
  const { kind, windowMinutes } = cause;
  const detail =
    cause.kind === "runaway"
      ? { pace: { windowMinutes, spent: cause.spent.toString(), usual: cause.usual.toString() } }
      : { repeats: { windowMinutes, count: cause.count } };
  const requestId = cause.kind === "repetition" ? cause.requestId : null;
  const parameters = [agentId, kind, at, requestId, JSON.stringify(detail), pauses, REASONS[kind]];
  const [raised] = (await pool.query<{ isPaused: boolean }>(RAISE, parameters)).rows;
  return { isNew: raised !== undefined, isPaused: raised?.isPaused === true };
}
