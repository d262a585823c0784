-- Sessions of Claude Code --------------------------------------------------------------------------------------------

-- A step is a quarter and a bit (e^0.25); all below a tenth of a cent is one.
CREATE FUNCTION session_cost_step(cost_nano_usd bigint) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  floor(ln(greatest(cost_nano_usd, 1000000)::float8) * 4)::smallint;

-- Sums by session, and by subagent of a session: subagent_id '' is the whole session, its subagents included. Both ids are what the
-- client said, so a session is one agent's. Lists are ordered by last_hour and cost_step before anything exact: these seldom
-- change, so that most updates leave the indexes alone.
CREATE TABLE session_sums (
  agent_id       integer NOT NULL REFERENCES agent_ownership (id),
  session_id     text NOT NULL,
  subagent_id    text NOT NULL,
  first_call_at  timestamptz NOT NULL,
  last_call_at   timestamptz NOT NULL,
  -- When the call that ended last did so, as far as is known.
  ended_at       timestamptz NOT NULL,
  requests       bigint NOT NULL,
  failed         bigint NOT NULL,
  refused        bigint NOT NULL,
  estimated      bigint NOT NULL,
  cost_nano_usd  bigint NOT NULL,
  input_tokens                    bigint NOT NULL,
  output_tokens                   bigint NOT NULL,
  cache_read_input_tokens         bigint NOT NULL,
  cache_creation_5m_input_tokens  bigint NOT NULL,
  cache_creation_1h_input_tokens  bigint NOT NULL,
  web_search_requests             bigint NOT NULL,
  -- Sixteen at most: agents can invent them.
  models         text[] NOT NULL,
  last_hour      timestamptz NOT NULL GENERATED ALWAYS AS (date_bin('1 hour', last_call_at, '1970-01-01T00:00:00Z')) STORED,
  cost_step      smallint NOT NULL GENERATED ALWAYS AS (session_cost_step(cost_nano_usd)) STORED,
  PRIMARY KEY (agent_id, session_id, subagent_id)
) WITH (fillfactor = 80);

-- What was recorded before.
INSERT INTO session_sums
SELECT agent_id, session_id, coalesce(subagent_id, ''), min(admitted_at), max(admitted_at),
  max(admitted_at + coalesce(latency_ms, 0) * interval '1 millisecond'), count(*), count(*) FILTER (WHERE outcome = 'failed'),
  count(*) FILTER (WHERE outcome = 'refused'), count(*) FILTER (WHERE is_estimated), sum(cost_nano_usd),
  coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cache_read_input_tokens), 0),
  coalesce(sum(cache_creation_5m_input_tokens), 0), coalesce(sum(cache_creation_1h_input_tokens), 0),
  coalesce(sum(web_search_requests), 0), (array_agg(DISTINCT model ORDER BY model))[1:16]
FROM llm_requests WHERE session_id IS NOT NULL
GROUP BY GROUPING SETS ((agent_id, session_id), (agent_id, session_id, subagent_id))
HAVING grouping(subagent_id) = 1 OR subagent_id IS NOT NULL;

CREATE INDEX session_sums_latest ON session_sums (last_hour) WHERE subagent_id = '';
CREATE INDEX session_sums_dearest ON session_sums (cost_step) WHERE subagent_id = '';
CREATE INDEX session_sums_agent ON session_sums (agent_id, last_hour) WHERE subagent_id = '';
