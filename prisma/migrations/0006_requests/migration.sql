-- Lists of calls by what is heavy and what was not cached ---------------------------------------------------------------

-- All tokens of a call, as far as they are known; NULL: nothing was reported.
CREATE FUNCTION call_tokens(input integer, output integer, cache_read integer, write_5m integer, write_1h integer)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN coalesce(input, output, cache_read, write_5m, write_1h) IS NOT NULL THEN
    coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) + coalesce(write_5m, 0) + coalesce(write_1h, 0) END;

-- How much of a prompt was read from the cache, in thousandths. NULL: unknown, or the prompt is shorter than anything that can
-- be cached (1,024 tokens).
CREATE FUNCTION call_cache_hit(input integer, cache_read integer, write_5m integer, write_1h integer)
RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN input + cache_read + write_5m + write_1h >= 1024 THEN
    (cache_read::bigint * 1000 / (input + cache_read + write_5m + write_1h))::smallint END;

CREATE INDEX llm_requests_tokens ON llm_requests (call_tokens(input_tokens, output_tokens, cache_read_input_tokens,
  cache_creation_5m_input_tokens, cache_creation_1h_input_tokens) DESC NULLS LAST);

-- Only the calls that missed: the lists of those that hit begin where these end.
CREATE INDEX llm_requests_cache_missed ON llm_requests (call_cache_hit(input_tokens, cache_read_input_tokens,
  cache_creation_5m_input_tokens, cache_creation_1h_input_tokens), admitted_at DESC)
  WHERE call_cache_hit(input_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens,
    cache_creation_1h_input_tokens) < 500;

-- Of the few calls that went wrong: those of one outcome, those of one status. In place of one index of all of them.
DROP INDEX llm_requests_trouble;
CREATE INDEX llm_requests_outcome ON llm_requests (outcome, admitted_at) WHERE outcome <> 'completed';
CREATE INDEX llm_requests_status ON llm_requests (status, admitted_at) WHERE outcome <> 'completed';

-- For models that are rare. Equal keys are kept once, so that it is small.
CREATE INDEX llm_requests_model ON llm_requests (model);

-- Read backwards they serve as before. In this direction each new call goes to an end of the index, which PostgreSQL then keeps
-- full: a third smaller.
DROP INDEX llm_requests_agent;
CREATE INDEX llm_requests_agent ON llm_requests (agent_id, admitted_at);
DROP INDEX llm_requests_admitted;
CREATE INDEX llm_requests_admitted ON llm_requests (admitted_at);
