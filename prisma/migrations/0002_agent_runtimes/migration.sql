-- Agents: where they run and how their calls travel ---------------------------------------------------

ALTER TABLE agent_ownership
  -- external: somebody else runs it | process, docker: we run it | adopted: a container made by others, which we route.
  ADD COLUMN runtime text NOT NULL DEFAULT 'external'
    CHECK (runtime IN ('external', 'process', 'docker', 'adopted')),
  ADD COLUMN routing text NOT NULL DEFAULT 'gateway' CHECK (routing IN ('gateway', 'helicone', 'direct')),
  -- Of an adopted agent: the container that is the agent, whatever its id is today.
  ADD COLUMN container_name text,
  -- Since when an adopted container carries our variables; null: it does not, its calls are not metered.
  ADD COLUMN routed_at timestamptz,
  -- What routing changed in an adopted container: each variable's exact value before, and the hash of ours. It takes
  -- this to give the container back as it was. Values may be secrets: they are read by nothing else.
  ADD COLUMN routed_variables jsonb;

-- Containers made by others may have dots and underscores in their names, and longer ones than ours.
ALTER TABLE agent_ownership
  DROP CONSTRAINT agent_ownership_agent_name_check,
  ADD CONSTRAINT agent_ownership_agent_name_check CHECK (agent_name ~ '^[a-z0-9][a-z0-9_.-]{0,127}$');

-- A container that is being made again with another environment. The row is written before the first step and taken
-- away after the last, so that a recreate which was cut short is finished or undone.
CREATE TABLE container_recreates (
  id                uuid PRIMARY KEY,
  agent_id          integer NOT NULL UNIQUE REFERENCES agent_ownership (id) ON DELETE CASCADE,
  container_name    text NOT NULL UNIQUE,
  backup_name       text NOT NULL,
  old_container_id  text NOT NULL,
  was_running       boolean NOT NULL,
  -- SHA-256 of the environment that the new container is to have: by it the new one is known.
  environment_hash  text NOT NULL,
  -- What is to be in agent_ownership once it is done; null variables: the container is given back.
  routing           text NOT NULL CHECK (routing IN ('gateway', 'helicone', 'direct')),
  routed_variables  jsonb,
  -- The new container was seen working: from here on the recreate is finished, not undone.
  verified_at       timestamptz,
  started_at        timestamptz NOT NULL DEFAULT now()
);

-- One row for each turn that somebody asked of an agent through the portal. A null is what nobody reported.
CREATE TABLE chat_turns (
  id             uuid PRIMARY KEY,
  agent_id       integer NOT NULL REFERENCES agent_ownership (id),
  user_id        uuid REFERENCES users (id) ON DELETE SET NULL,
  api_key_id     uuid REFERENCES api_keys (id) ON DELETE SET NULL,
  started_at     timestamptz NOT NULL,
  finished_at    timestamptz,
  status         integer,
  error_code     text,
  session_id     text,
  cost_nano_usd  bigint CHECK (cost_nano_usd >= 0)
);
CREATE INDEX chat_turns_agent ON chat_turns (agent_id, started_at DESC);
