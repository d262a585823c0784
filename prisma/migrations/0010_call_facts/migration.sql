-- What insight sentences are made of: facts that only the calls themselves tell, by agent, UTC day and model ---------------

-- Worked out from the ledger by the portal every few minutes, for the days whose calls have changed; never written with a call.
-- A day that was looked at and holds no call any more has one row, of the model ''.
CREATE TABLE call_facts (
  day_start      timestamptz NOT NULL,
  agent_id       integer NOT NULL REFERENCES agent_ownership (id) ON DELETE CASCADE,
  model          text NOT NULL,
  requests       bigint NOT NULL,
  cost_nano_usd  bigint NOT NULL,
  subagent_cost_nano_usd  bigint NOT NULL,
  -- Calls of more than 150,000 tokens, in and out, cached ones included.
  heavy_requests bigint NOT NULL,
  heavy_cost_nano_usd  bigint NOT NULL,
  -- Tokens written to the prompt cache that no later call read: at least so many (src/ledger/call-facts-store.ts has the rule).
  unread_5m_tokens  bigint NOT NULL,
  unread_1h_tokens  bigint NOT NULL,
  -- All calls of the agent's day, as its sums had them when the day was last looked at.
  day_requests   bigint NOT NULL,
  computed_at    timestamptz NOT NULL,
  PRIMARY KEY (day_start, agent_id, model)
);
CREATE INDEX call_facts_agent ON call_facts (agent_id, day_start);
