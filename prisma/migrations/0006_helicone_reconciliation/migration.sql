-- Reconciliation: what the ledger and Helicone say of the same UTC day, as of the last comparison ------------------------

CREATE TABLE helicone_day_checks (
  day_start      timestamptz PRIMARY KEY,
  checked_at     timestamptz NOT NULL,
  -- Calls that had ended before this were compared; the day's end once it is over.
  checked_until  timestamptz NOT NULL,
  -- A list: agent, and what both sides counted for it.
  agents         jsonb NOT NULL,
  -- A list: agent, model, reason, and how many calls are priced differently for it.
  price_gaps     jsonb NOT NULL
);

-- Single calls that the two do not agree on. missing_there: Helicone has not got it. missing_here: the ledger has not.
-- repeated_there: Helicone has it more than once.
CREATE TABLE helicone_differences (
  day_start               timestamptz NOT NULL REFERENCES helicone_day_checks (day_start) ON DELETE CASCADE,
  kind                    text NOT NULL CHECK (kind IN ('missing_there', 'missing_here', 'repeated_there')),
  request_id              text NOT NULL,
  -- As Helicone or the ledger names it; empty where Helicone does not say.
  agent_name              text NOT NULL,
  at                      timestamptz NOT NULL,
  model                   text NOT NULL,
  rows_there              integer NOT NULL,
  ledger_cost_nano_usd    bigint,
  helicone_cost_nano_usd  bigint,
  PRIMARY KEY (day_start, kind, request_id)
);
