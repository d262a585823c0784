-- Limits: budgets of agents, of pools and of the fleet, rates, and the warnings that reach people ------------------

-- A named group of agents with one budget over all of them.
CREATE TABLE budget_pools (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL CHECK (name <> ''),
  created_at  timestamptz NOT NULL DEFAULT now(),
  created_by  text NOT NULL,
  -- A removed pool keeps its alerts; its agents are in none.
  removed_at  timestamptz
);
CREATE UNIQUE INDEX budget_pools_name ON budget_pools (lower(name)) WHERE removed_at IS NULL;

ALTER TABLE agent_ownership
  ADD COLUMN pool_id integer REFERENCES budget_pools (id) ON DELETE SET NULL,
  -- A paused agent's calls are refused until somebody resumes it.
  ADD COLUMN paused_at timestamptz,
  ADD COLUMN paused_by text,
  ADD COLUMN pause_reason text;
CREATE INDEX agent_ownership_pool ON agent_ownership (pool_id) WHERE pool_id IS NOT NULL;

ALTER TABLE agent_budgets
  ALTER COLUMN agent_id DROP NOT NULL,
  -- default: the limits of every agent that has none of its own, each counted by itself. fleet: one cap over all agents.
  ADD COLUMN scope text NOT NULL DEFAULT 'agent' CHECK (scope IN ('agent', 'pool', 'fleet', 'default')),
  ADD COLUMN pool_id integer UNIQUE REFERENCES budget_pools (id) ON DELETE CASCADE,
  -- The agent follows the default; its row is kept for its version.
  ADD COLUMN follows_default boolean NOT NULL DEFAULT false,
  -- An IANA name: where the day and the month begin.
  ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC',
  -- What a call in flight is expected to cost, or the most that it can.
  ADD COLUMN reservation text NOT NULL DEFAULT 'expected' CHECK (reservation IN ('expected', 'guaranteed')),
  -- A running answer is cut when the limit is reached.
  ADD COLUMN hard_stop boolean NOT NULL DEFAULT false,
  ADD COLUMN pause_on_runaway boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT agent_budgets_agent CHECK ((scope = 'agent') = (agent_id IS NOT NULL)),
  ADD CONSTRAINT agent_budgets_pool CHECK ((scope = 'pool') = (pool_id IS NOT NULL)),
  ADD CONSTRAINT agent_budgets_follows CHECK (scope = 'agent' OR NOT follows_default);
CREATE UNIQUE INDEX agent_budgets_single ON agent_budgets (scope) WHERE scope IN ('fleet', 'default');

INSERT INTO agent_budgets (scope, daily_limit_nano_usd, monthly_limit_nano_usd, action_on_exceed, updated_by)
VALUES ('default', 10000000000, 100000000000, 'warn', 'Trinity');

-- More for a while: asked for by an owner, or given by an admin straight away.
CREATE TABLE budget_increases (
  id                 integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope              text NOT NULL CHECK (scope IN ('agent', 'pool', 'fleet')),
  agent_id           integer REFERENCES agent_ownership (id) ON DELETE CASCADE,
  pool_id            integer REFERENCES budget_pools (id) ON DELETE CASCADE,
  period             text NOT NULL CHECK (period IN ('day', 'month')),
  amount_nano_usd    bigint NOT NULL CHECK (amount_nano_usd > 0),
  reason             text NOT NULL,
  state              text NOT NULL CHECK (state IN ('requested', 'granted', 'declined', 'ended')),
  requested_by       uuid REFERENCES users (id) ON DELETE SET NULL,
  requested_by_name  text NOT NULL,
  requested_at       timestamptz NOT NULL DEFAULT now(),
  decided_by_name    text,
  decided_at         timestamptz,
  -- In force in [starts_at, ends_at), once granted. A request names the end it asks for.
  starts_at          timestamptz NOT NULL,
  ends_at            timestamptz NOT NULL,
  CHECK (starts_at < ends_at),
  CHECK ((scope = 'agent') = (agent_id IS NOT NULL)),
  CHECK ((scope = 'pool') = (pool_id IS NOT NULL))
);
CREATE INDEX budget_increases_agent ON budget_increases (agent_id, requested_at DESC);
CREATE INDEX budget_increases_state ON budget_increases (state, ends_at);

-- Rates of one agent, or of every agent that has none of its own.
CREATE TABLE agent_rate_limits (
  id                   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope                text NOT NULL DEFAULT 'agent' CHECK (scope IN ('agent', 'default')),
  agent_id             integer UNIQUE REFERENCES agent_ownership (id) ON DELETE CASCADE,
  -- Null: not limited.
  requests_per_minute  integer CHECK (requests_per_minute > 0),
  tokens_per_minute    bigint CHECK (tokens_per_minute > 0),
  -- The agent follows the default; its row is kept for its version.
  follows_default      boolean NOT NULL DEFAULT false,
  version              integer NOT NULL DEFAULT 1,
  updated_at           timestamptz NOT NULL DEFAULT now(),
  updated_by           text NOT NULL,
  CHECK ((scope = 'agent') = (agent_id IS NOT NULL)),
  CHECK (scope = 'agent' OR NOT follows_default)
);
CREATE UNIQUE INDEX agent_rate_limits_single ON agent_rate_limits (scope) WHERE scope = 'default';

-- Alerts -------------------------------------------------------------------------------------------

ALTER TABLE alerts
  -- threshold: of a limit | runaway: spending far faster than usual | repetition: the same request again and again
  -- | request: an owner asks for an increase
  ADD COLUMN kind text NOT NULL DEFAULT 'threshold' CHECK (kind IN ('threshold', 'runaway', 'repetition', 'request')),
  -- Whose limit: 'agent:12', 'pool:3' or 'fleet'.
  ADD COLUMN budget text,
  ADD COLUMN pool_id integer REFERENCES budget_pools (id) ON DELETE SET NULL,
  ADD COLUMN increase_id integer REFERENCES budget_increases (id) ON DELETE CASCADE,
  -- What this kind of alert knows besides; amounts are whole nano-USD as text.
  ADD COLUMN detail jsonb,
  -- Since when its messages are in the outbox; null: nobody has been told yet.
  ADD COLUMN dispatched_at timestamptz;
UPDATE alerts SET budget = 'agent:' || agent_id, dispatched_at = now();
ALTER TABLE alerts
  ALTER COLUMN budget SET NOT NULL,
  -- Of an agent's own budget: the agent. Of a pool's or the fleet's: the agent whose call reached the threshold.
  ALTER COLUMN agent_id DROP NOT NULL,
  ALTER COLUMN threshold_percent DROP NOT NULL,
  ALTER COLUMN limit_nano_usd DROP NOT NULL,
  ALTER COLUMN spent_nano_usd DROP NOT NULL,
  ALTER COLUMN request_id DROP NOT NULL;
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'alerts'::regclass AND contype = 'u' LOOP
    EXECUTE format('ALTER TABLE alerts DROP CONSTRAINT %I', name);
  END LOOP;
END $$;
CREATE UNIQUE INDEX alerts_threshold ON alerts (budget, period, period_start, threshold_percent, limit_nano_usd)
  WHERE kind = 'threshold';
-- A runaway is told once in the span that `period_start` begins.
CREATE UNIQUE INDEX alerts_runaway ON alerts (budget, kind, period_start) WHERE kind IN ('runaway', 'repetition');
CREATE INDEX alerts_undispatched ON alerts (id) WHERE dispatched_at IS NULL;

-- Up to which alert a person has seen them.
ALTER TABLE users ADD COLUMN alerts_seen_id bigint NOT NULL DEFAULT 0;

CREATE TABLE notification_channels (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('email', 'slack', 'webhook')),
  name        text NOT NULL CHECK (name <> ''),
  -- email: { addresses } beside the people concerned | slack, webhook: { url } and, for webhook, { secret }. Never shown whole.
  config      jsonb NOT NULL,
  is_enabled  boolean NOT NULL DEFAULT true,
  version     integer NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  updated_by  text NOT NULL
);

-- Messages on their way, and those that arrived: the delivery log.
CREATE TABLE notification_outbox (
  id               uuid PRIMARY KEY,
  -- Null: a test message.
  alert_id         bigint REFERENCES alerts (id) ON DELETE CASCADE,
  channel_id       integer NOT NULL REFERENCES notification_channels (id) ON DELETE CASCADE,
  -- An e-mail address; of a webhook the host, for people to read.
  recipient        text NOT NULL,
  message          jsonb NOT NULL,
  state            text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz NOT NULL DEFAULT now(),
  last_error       text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  delivered_at     timestamptz,
  UNIQUE (alert_id, channel_id, recipient)
);
CREATE INDEX notification_outbox_due ON notification_outbox (next_attempt_at) WHERE state = 'pending';
CREATE INDEX notification_outbox_created_at ON notification_outbox (created_at DESC);

-- Whoever sends messages, and whoever shows them, hears of a new alert at once.
CREATE FUNCTION notify_alerts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('alerts', '');
  RETURN NULL;
END $$;
CREATE TRIGGER alerts_notify AFTER INSERT ON alerts FOR EACH STATEMENT EXECUTE FUNCTION notify_alerts();

CREATE TRIGGER budget_pools_notify AFTER INSERT OR UPDATE OR DELETE ON budget_pools
  FOR EACH STATEMENT EXECUTE FUNCTION notify_gateway_config();
CREATE TRIGGER budget_increases_notify AFTER INSERT OR UPDATE OR DELETE ON budget_increases
  FOR EACH STATEMENT EXECUTE FUNCTION notify_gateway_config();
CREATE TRIGGER agent_rate_limits_notify AFTER INSERT OR UPDATE OR DELETE ON agent_rate_limits
  FOR EACH STATEMENT EXECUTE FUNCTION notify_gateway_config();

-- What a period has come to is a sum of the rollups, in whatever zone and for whatever agents it is counted.
DROP TABLE spend_totals;

-- What a turn cost is summed from the ledger's calls, which may come in after its end: a copy would be wrong.
ALTER TABLE chat_turns DROP COLUMN cost_nano_usd;

-- What pays for an agent's calls. virtual: the gateway's key, and the agent's own key is its only credential. passthrough: a
-- credential of the agent's own, which is in its environment and nowhere else.
ALTER TABLE agent_ownership ADD COLUMN key_mode text NOT NULL DEFAULT 'virtual'
  CHECK (key_mode IN ('virtual', 'passthrough'));
UPDATE agent_ownership SET key_mode = 'passthrough' WHERE runtime = 'adopted';

-- What an agent was called and whose it was, from when on: a call's tags are those in force when it was admitted,
-- whatever is changed later and however late the call is written.
CREATE TABLE agent_tags (
  agent_id    integer NOT NULL REFERENCES agent_ownership (id) ON DELETE CASCADE,
  valid_from  timestamptz NOT NULL,
  agent_name  text NOT NULL,
  owner_id    uuid REFERENCES users (id) ON DELETE SET NULL,
  type        text,
  template    text,
  PRIMARY KEY (agent_id, valid_from)
);
INSERT INTO agent_tags SELECT id, '-infinity', agent_name, owner_id, type, template FROM agent_ownership;

CREATE FUNCTION keep_agent_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO agent_tags VALUES (NEW.id, CASE TG_OP WHEN 'INSERT' THEN '-infinity' ELSE clock_timestamp() END,
    NEW.agent_name, NEW.owner_id, NEW.type, NEW.template);
  RETURN NULL;
END $$;
CREATE TRIGGER agent_tags_first AFTER INSERT ON agent_ownership FOR EACH ROW EXECUTE FUNCTION keep_agent_tags();
CREATE TRIGGER agent_tags_next AFTER UPDATE ON agent_ownership FOR EACH ROW
  WHEN ((OLD.agent_name, OLD.owner_id, OLD.type, OLD.template) IS DISTINCT FROM
        (NEW.agent_name, NEW.owner_id, NEW.type, NEW.template))
  EXECUTE FUNCTION keep_agent_tags();

-- How an adopted agent is told where the gateway is. container: by a variable of its container. workspace: by a line in
-- the .env file of its workspace. provider: by Trinity itself, whose model provider the gateway is; the header is ours.
ALTER TABLE agent_ownership ADD COLUMN routing_way text NOT NULL DEFAULT 'container'
  CHECK (routing_way IN ('container', 'workspace', 'provider'));
ALTER TABLE container_recreates ADD COLUMN routing_way text NOT NULL DEFAULT 'container'
  CHECK (routing_way IN ('container', 'workspace', 'provider'));
