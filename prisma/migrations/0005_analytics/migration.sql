-- Analytics: the fleet's sums, how long calls took, and lists of all agents' calls ---------------------------------------

-- Sums over all agents by model and 15 minutes: a month of the fleet is some thousand rows.
CREATE TABLE fleet_quarter_hours (
  bucket_start   timestamptz NOT NULL,
  model          text NOT NULL,
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
  PRIMARY KEY (bucket_start, model)
);

-- The bin that a duration is counted in: 0 below 10 ms, and from there bounds that grow by a quarter each, so that a percentile
-- read from the counts is at most a quarter too long. The same bounds: src/domain/duration-bins.ts.
CREATE FUNCTION duration_bin(ms integer) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  width_bucket(ms, ARRAY[10, 13, 16, 20, 24, 31, 38, 48, 60, 75, 93, 116, 146, 182, 227, 284, 355, 444, 555, 694, 867, 1084, 1355,
    1694, 2118, 2647, 3309, 4136, 5170, 6462, 8078, 10097, 12622, 15777, 19722, 24652, 30815, 38519, 48148, 60185, 75232, 94040,
    117549, 146937, 183671, 229589, 286986, 358732, 448416, 560519])::smallint;

-- How many calls took how long, by hour for the fleet and by UTC day for each agent. latency: from the request to the end of the
-- answer. first_byte: to its beginning.
CREATE TABLE fleet_durations (
  hour_start  timestamptz NOT NULL,
  metric      text NOT NULL CHECK (metric IN ('latency', 'first_byte')),
  bin         smallint NOT NULL,
  calls       bigint NOT NULL,
  PRIMARY KEY (hour_start, metric, bin)
);
CREATE TABLE agent_durations (
  agent_id    integer NOT NULL REFERENCES agent_ownership (id),
  day_start   timestamptz NOT NULL,
  metric      text NOT NULL CHECK (metric IN ('latency', 'first_byte')),
  bin         smallint NOT NULL,
  calls       bigint NOT NULL,
  PRIMARY KEY (agent_id, day_start, metric, bin)
);

-- What was recorded before.
INSERT INTO fleet_quarter_hours
SELECT bucket_start, model, sum(requests), sum(failed), sum(refused), sum(estimated), sum(cost_nano_usd), sum(input_tokens),
  sum(output_tokens), sum(cache_read_input_tokens), sum(cache_creation_5m_input_tokens), sum(cache_creation_1h_input_tokens),
  sum(web_search_requests)
FROM usage_quarter_hours GROUP BY 1, 2;

INSERT INTO fleet_durations
SELECT date_trunc('hour', admitted_at, 'UTC'), metric, duration_bin(ms), count(*)
FROM llm_requests CROSS JOIN LATERAL (VALUES ('latency', latency_ms), ('first_byte', first_byte_ms)) AS taken (metric, ms)
WHERE outcome = 'completed' AND ms IS NOT NULL GROUP BY 1, 2, 3;

INSERT INTO agent_durations
SELECT agent_id, date_trunc('day', admitted_at, 'UTC'), metric, duration_bin(ms), count(*)
FROM llm_requests CROSS JOIN LATERAL (VALUES ('latency', latency_ms), ('first_byte', first_byte_ms)) AS taken (metric, ms)
WHERE outcome = 'completed' AND ms IS NOT NULL GROUP BY 1, 2, 3, 4;

-- Lists of calls over all agents: the newest, those of a session, those that went wrong, the dearest, the slowest.
CREATE INDEX llm_requests_admitted ON llm_requests (admitted_at DESC);
CREATE INDEX llm_requests_session ON llm_requests (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX llm_requests_trouble ON llm_requests (admitted_at DESC) WHERE outcome <> 'completed';
CREATE INDEX llm_requests_cost ON llm_requests (cost_nano_usd DESC);
CREATE INDEX llm_requests_latency ON llm_requests (latency_ms DESC NULLS LAST);
