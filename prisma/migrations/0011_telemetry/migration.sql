-- What Claude Code reports of itself (OpenTelemetry), beside what the gateway counted ------------------------------------

-- Sums by agent and quarter hour. `measure` and `detail` are of src/telemetry/measures.ts; `amount` is in the measure's unit:
-- nano-USD, tokens, milliseconds or a count. Reported cost is rounded to whole nano-USD once per reported value.
CREATE TABLE telemetry_quarter_hours (
  agent_id      integer NOT NULL REFERENCES agent_ownership (id) ON DELETE CASCADE,
  bucket_start  timestamptz NOT NULL,
  measure       text NOT NULL,
  -- Which model, tool or decision; empty where the measure has no such part.
  detail        text NOT NULL,
  amount        bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (agent_id, bucket_start, measure, detail)
);

-- The same by UTC day, for lists of agents and spans of days.
CREATE TABLE telemetry_days (
  agent_id   integer NOT NULL REFERENCES agent_ownership (id) ON DELETE CASCADE,
  day_start  timestamptz NOT NULL,
  measure    text NOT NULL,
  detail     text NOT NULL,
  amount     bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (agent_id, day_start, measure, detail)
);

-- How far each series has been counted, so that what arrives again is not counted again.
CREATE TABLE telemetry_series (
  agent_id    integer NOT NULL REFERENCES agent_ownership (id) ON DELETE CASCADE,
  -- SHA-256 (the first half) of metric, attributes and, of a cumulative series, its start.
  series      bytea NOT NULL,
  -- Cumulative: the newest instant that was counted (Unix nanoseconds), and the value then. Delta: both 0.
  time_nano   bigint NOT NULL,
  amount      bigint NOT NULL,
  -- Delta: the latest windows that were counted, as start, end, start, end … in Unix nanoseconds. Cumulative: empty.
  windows     bigint[] NOT NULL,
  seen_at     timestamptz NOT NULL,
  PRIMARY KEY (agent_id, series)
);
CREATE INDEX telemetry_series_seen ON telemetry_series (seen_at);

-- Events that were counted, each once. Of a model call also what it cost by Claude Code's reckoning, and, where it passed the
-- gateway, which call of the ledger it was.
CREATE TABLE telemetry_events (
  agent_id       integer NOT NULL REFERENCES agent_ownership (id) ON DELETE CASCADE,
  event          bytea NOT NULL,
  name           text NOT NULL,
  at             timestamptz NOT NULL,
  model          text,
  cost_nano_usd  bigint,
  -- Of the answer's request-id; null: it is none of the gateway's.
  call_id        uuid,
  PRIMARY KEY (agent_id, event)
);
CREATE INDEX telemetry_events_calls ON telemetry_events (agent_id, at) WHERE name = 'api_request';
CREATE INDEX telemetry_events_at ON telemetry_events (at);

-- Whether the agent is made to report; null: as the default says.
ALTER TABLE agent_ownership ADD COLUMN reports_telemetry boolean;

-- unrouted: a large part of what the agent reports to have spent did not pass the gateway.
ALTER TABLE alerts DROP CONSTRAINT alerts_kind_check,
  ADD CONSTRAINT alerts_kind_check CHECK (kind IN ('threshold', 'runaway', 'repetition', 'request', 'unrouted'));
CREATE UNIQUE INDEX alerts_unrouted ON alerts (budget, period_start) WHERE kind = 'unrouted';
