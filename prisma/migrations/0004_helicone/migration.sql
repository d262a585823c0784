-- Helicone: what it is told of the calls that it has not seen itself -------------------------------------------------

-- How much of an agent's calls Helicone is given. metadata: model, tokens, times, status, whose it was. redacted: the texts
-- besides, without what looks like a secret. full: the texts as they are. Null: as the fleet (settings: helicone_log_content).
ALTER TABLE agent_ownership ADD COLUMN helicone_log_content text
  CHECK (helicone_log_content IN ('metadata', 'redacted', 'full'));

-- The gateway hears of the fleet's switch at once.
CREATE TRIGGER settings_notify AFTER INSERT OR UPDATE ON settings
  FOR EACH ROW WHEN (NEW.key = 'helicone_log_content') EXECUTE FUNCTION notify_gateway_config();

-- Calls on their way to Helicone; a row goes once its call is there. Texts are in the gateway's spool, never here.
CREATE TABLE helicone_outbox (
  request_id       uuid PRIMARY KEY REFERENCES llm_requests (id) ON DELETE CASCADE,
  -- What was promised when the call began; what is sent is never more than this, nor more than holds now.
  content          text NOT NULL CHECK (content IN ('metadata', 'redacted', 'full')),
  -- due: to be posted. posting: a gateway has it in hand until next_attempt_at. unsure: it may be there, so that is asked
  -- before it is posted. rejected: Helicone did not take it, however often.
  state            text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'posting', 'unsure', 'rejected')),
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz NOT NULL DEFAULT now(),
  last_error       text,
  created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX helicone_outbox_next ON helicone_outbox (state, next_attempt_at);
CREATE INDEX helicone_outbox_created_at ON helicone_outbox (created_at);

-- What a gateway says of its way to Helicone; null: Helicone is off there.
ALTER TABLE gateway_instances ADD COLUMN helicone jsonb;
