-- Prices that people set in the portal ----------------------------------------------------------------------------------

-- Who saved it last; NULL: it was not the portal. `version` rises with each change, and tells two admins apart.
ALTER TABLE model_prices
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN updated_by text;

-- The few calls whose model had no price of its own, so that they are found without reading all others.
CREATE INDEX llm_requests_unpriced ON llm_requests (admitted_at) WHERE priced_as IN ('family', 'dearest');
