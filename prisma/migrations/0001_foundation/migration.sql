-- People -------------------------------------------------------------------------------------------

CREATE TABLE users (
  id               uuid PRIMARY KEY,
  email            text NOT NULL UNIQUE CHECK (email = lower(email)),
  name             text NOT NULL,
  role             text NOT NULL CHECK (role IN ('admin', 'owner')),
  password_hash    text NOT NULL,
  -- Raised to end every session of this person at once (password change, role change, disabling).
  session_version  integer NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL DEFAULT now(),
  last_sign_in_at  timestamptz,
  disabled_at      timestamptz
);

-- One-time links: the first admin's set-up link, invitations, and password resets.
CREATE TABLE invitations (
  id          uuid PRIMARY KEY,
  token_hash  bytea NOT NULL UNIQUE,
  kind        text NOT NULL CHECK (kind IN ('setup', 'invite', 'reset')),
  email       text,
  role        text NOT NULL CHECK (role IN ('admin', 'owner')),
  user_id     uuid REFERENCES users (id) ON DELETE CASCADE,
  created_by  uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz
);

CREATE TABLE api_keys (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name          text NOT NULL,
  key_hash      bytea NOT NULL UNIQUE,
  key_hint      text NOT NULL,
  scopes        text[] NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  last_used_at  timestamptz,
  revoked_at    timestamptz
);
CREATE INDEX api_keys_user_id ON api_keys (user_id);

CREATE TABLE audit_log (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamptz NOT NULL DEFAULT now(),
  actor_user_id  uuid REFERENCES users (id) ON DELETE SET NULL,
  -- Kept as text, so that the entry still names the person after the account is gone.
  actor_name     text NOT NULL,
  action         text NOT NULL,
  subject        text NOT NULL,
  before         jsonb,
  after          jsonb
);
CREATE INDEX audit_log_subject ON audit_log (subject, at DESC);

-- Agents -------------------------------------------------------------------------------------------

CREATE TABLE agent_ownership (
  id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent_name      text NOT NULL CHECK (agent_name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  owner_id        uuid REFERENCES users (id) ON DELETE SET NULL,
  type            text,
  template        text,
  -- SHA-256 of the virtual key; the key itself is shown once and kept nowhere.
  key_hash        bytea NOT NULL UNIQUE,
  key_hint        text NOT NULL,
  key_rotated_at  timestamptz NOT NULL DEFAULT now(),
  created_at      timestamptz NOT NULL DEFAULT now(),
  -- A removed agent keeps its ledger; its name is free again and its key is dead.
  removed_at      timestamptz
);
CREATE UNIQUE INDEX agent_ownership_name ON agent_ownership (agent_name) WHERE removed_at IS NULL;
CREATE INDEX agent_ownership_owner ON agent_ownership (owner_id);

CREATE TABLE agent_budgets (
  id                      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent_id                integer NOT NULL UNIQUE REFERENCES agent_ownership (id) ON DELETE CASCADE,
  daily_limit_nano_usd    bigint CHECK (daily_limit_nano_usd >= 0),
  monthly_limit_nano_usd  bigint CHECK (monthly_limit_nano_usd >= 0),
  action_on_exceed        text NOT NULL CHECK (action_on_exceed IN ('block', 'warn', 'none')),
  warning_thresholds      integer[] NOT NULL DEFAULT '{50,80,100}',
  -- Two admins saving at once: the second is told (the update names the version it saw).
  version                 integer NOT NULL DEFAULT 1,
  created_at              timestamptz NOT NULL DEFAULT now(),
  updated_at              timestamptz NOT NULL DEFAULT now(),
  updated_by              text NOT NULL
);

-- Prices that replace or extend the built-in list, from an instant on.
CREATE TABLE model_prices (
  id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model           text NOT NULL,
  effective_from  timestamptz NOT NULL,
  price           jsonb NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (model, effective_from)
);

-- The ledger ---------------------------------------------------------------------------------------

-- One row for each call that an identified agent made. A null count is a count nobody reported.
CREATE TABLE llm_requests (
  id                   uuid PRIMARY KEY,
  agent_id             integer NOT NULL REFERENCES agent_ownership (id),
  admitted_at          timestamptz NOT NULL,
  model                text NOT NULL,
  requested_model      text,
  session_id           text,
  subagent_id          text,
  prompt_id            text,
  upstream_request_id  text,
  error_type           text,
  -- completed | incomplete (cut, aborted, gateway died) | failed (upstream refused) | refused (by us)
  outcome              text NOT NULL CHECK (outcome IN ('completed', 'incomplete', 'failed', 'refused')),
  -- list | family | dearest: how the model's price was found; none: nothing was charged.
  priced_as            text NOT NULL CHECK (priced_as IN ('list', 'family', 'dearest', 'none')),
  cost_nano_usd        bigint NOT NULL CHECK (cost_nano_usd >= 0),
  input_tokens                    integer,
  output_tokens                   integer,
  cache_read_input_tokens         integer,
  cache_creation_5m_input_tokens  integer,
  cache_creation_1h_input_tokens  integer,
  web_search_requests             integer,
  latency_ms           integer,
  first_byte_ms        integer,
  overhead_us          integer,
  status               smallint,
  streamed             boolean NOT NULL,
  -- True where the counts are our estimate, because the upstream's own were not (all) seen.
  is_estimated         boolean NOT NULL
);
CREATE INDEX llm_requests_agent ON llm_requests (agent_id, admitted_at DESC);

-- What each budget period has used, raised in the same transaction as the ledger.
CREATE TABLE spend_totals (
  agent_id        integer NOT NULL REFERENCES agent_ownership (id),
  period          text NOT NULL CHECK (period IN ('day', 'month')),
  period_start    timestamptz NOT NULL,
  spent_nano_usd  bigint NOT NULL,
  PRIMARY KEY (agent_id, period, period_start)
);

-- Sums by agent, model and 15 minutes: any time zone's day is a sum of these.
CREATE TABLE usage_quarter_hours (
  agent_id       integer NOT NULL REFERENCES agent_ownership (id),
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
  PRIMARY KEY (agent_id, bucket_start, model)
);

-- Sums by agent and UTC day, for lists of agents.
CREATE TABLE usage_days (
  agent_id       integer NOT NULL REFERENCES agent_ownership (id),
  day_start      timestamptz NOT NULL,
  requests       bigint NOT NULL,
  failed         bigint NOT NULL,
  refused        bigint NOT NULL,
  cost_nano_usd  bigint NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  PRIMARY KEY (agent_id, day_start)
);

-- Crossed thresholds, once per agent, period, threshold and limit (a raised limit warns again).
CREATE TABLE alerts (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent_id           integer NOT NULL REFERENCES agent_ownership (id),
  period             text NOT NULL CHECK (period IN ('day', 'month')),
  period_start       timestamptz NOT NULL,
  threshold_percent  integer NOT NULL,
  limit_nano_usd     bigint NOT NULL,
  spent_nano_usd     bigint NOT NULL,
  request_id         uuid NOT NULL,
  crossed_at         timestamptz NOT NULL,
  UNIQUE (agent_id, period, period_start, threshold_percent, limit_nano_usd)
);
CREATE INDEX alerts_crossed_at ON alerts (crossed_at DESC);

-- Running the thing --------------------------------------------------------------------------------

CREATE TABLE settings (
  key         text PRIMARY KEY,
  value       jsonb NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT now()
);

-- What each gateway says of itself, so that the portal can tell "quiet" from "not reporting".
CREATE TABLE gateway_instances (
  id                   text PRIMARY KEY,
  started_at           timestamptz NOT NULL,
  seen_at              timestamptz NOT NULL,
  holds_anthropic_key  boolean NOT NULL,
  -- Settled calls that are in the journal and not yet in the ledger.
  journal_backlog      integer NOT NULL
);

-- Changes of what the gateway decides with reach it at once; a slow poll covers a lost notification.
CREATE FUNCTION notify_gateway_config() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gateway_config', TG_TABLE_NAME);
  RETURN NULL;
END $$;
CREATE TRIGGER agent_ownership_notify AFTER INSERT OR UPDATE OR DELETE ON agent_ownership
  FOR EACH STATEMENT EXECUTE FUNCTION notify_gateway_config();
CREATE TRIGGER agent_budgets_notify AFTER INSERT OR UPDATE OR DELETE ON agent_budgets
  FOR EACH STATEMENT EXECUTE FUNCTION notify_gateway_config();
CREATE TRIGGER model_prices_notify AFTER INSERT OR UPDATE OR DELETE ON model_prices
  FOR EACH STATEMENT EXECUTE FUNCTION notify_gateway_config();
