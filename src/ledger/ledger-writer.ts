import type pg from "pg";

import { type BudgetSource, type CountedCalls, createAlertWatch } from "#ledger/alert-watch.ts";
import { type Alert, alertKey, findAlerts, type SpendAfter } from "#ledger/alerts.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import { readSpentIn } from "#ledger/span-spend.ts";

const COLUMNS = `
  id uuid, agent_id integer, admitted_at timestamptz, model text, requested_model text, session_id text,
  subagent_id text, prompt_id text, upstream_request_id text, error_type text, outcome text, priced_as text,
  cost_nano_usd bigint, input_tokens integer, output_tokens integer, cache_read_input_tokens integer,
  cache_creation_5m_input_tokens integer, cache_creation_1h_input_tokens integer, web_search_requests integer,
  latency_ms integer, first_byte_ms integer, overhead_us integer, status smallint, streamed boolean,
  is_estimated boolean`;

const NAMES = COLUMNS.split(",")
  .map((column) => column.trim().split(" ")[0])
  .join(", ");

const TOKEN_SUMS = [
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_5m_input_tokens",
  "cache_creation_1h_input_tokens",
  "web_search_requests",
];

const SUMS = ["requests", "failed", "refused", "estimated", "cost_nano_usd", ...TOKEN_SUMS];
/** More models than this of a session are not kept by name: agents can invent them. The same: prisma/migrations/0008_sessions. */
const SESSION_MODELS_MAX = 16;
const RAISED_SUMS = SUMS.map((name) => `${name} = sums.${name} + excluded.${name}`).join(", ");

/**
 * Everything one batch changes, in one statement: only the rows that were really new count in the sums, so a
 * batch may be written any number of times. Keys are sorted, so that two writers cannot deadlock.
 */
const RECORD_CALLS = `
WITH inserted AS (
  INSERT INTO llm_requests (${NAMES})
  SELECT ${NAMES} FROM json_to_recordset($1::json) AS incoming (${COLUMNS})
  ON CONFLICT (id) DO NOTHING
  RETURNING *
), new_quarter_hours AS (
  SELECT agent_id, date_bin('15 minutes', admitted_at, 'epoch') AS bucket_start, model, count(*) AS requests,
    count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'refused') AS refused,
    count(*) FILTER (WHERE is_estimated) AS estimated, sum(cost_nano_usd) AS cost_nano_usd,
    ${TOKEN_SUMS.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(", ")}
  FROM inserted GROUP BY 1, 2, 3
), quarter_hours AS (
  INSERT INTO usage_quarter_hours AS sums (agent_id, bucket_start, model, ${SUMS.join(", ")})
  SELECT agent_id, bucket_start, model, ${SUMS.join(", ")} FROM new_quarter_hours ORDER BY 1, 2, 3
  ON CONFLICT (agent_id, bucket_start, model) DO UPDATE SET ${RAISED_SUMS}
), fleet_quarter_hours AS (
  INSERT INTO fleet_quarter_hours AS sums (bucket_start, model, ${SUMS.join(", ")})
  SELECT bucket_start, model, ${SUMS.map((name) => `sum(${name})`).join(", ")}
  FROM new_quarter_hours GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (bucket_start, model) DO UPDATE SET ${RAISED_SUMS}
), new_durations AS (
  SELECT agent_id, date_trunc('hour', admitted_at, 'UTC') AS hour_start, metric, duration_bin(ms) AS bin, count(*) AS calls
  FROM inserted CROSS JOIN LATERAL (VALUES ('latency', latency_ms), ('first_byte', first_byte_ms)) AS taken (metric, ms)
  WHERE outcome = 'completed' AND ms IS NOT NULL GROUP BY 1, 2, 3, 4
), fleet_durations AS (
  INSERT INTO fleet_durations AS counts (hour_start, metric, bin, calls)
  SELECT hour_start, metric, bin, sum(calls) FROM new_durations GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (hour_start, metric, bin) DO UPDATE SET calls = counts.calls + excluded.calls
), agent_durations AS (
  INSERT INTO agent_durations AS counts (agent_id, day_start, metric, bin, calls)
  SELECT agent_id, date_trunc('day', hour_start, 'UTC'), metric, bin, sum(calls)
  FROM new_durations GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (agent_id, day_start, metric, bin) DO UPDATE SET calls = counts.calls + excluded.calls
), sessions AS (
  INSERT INTO session_sums AS sums (agent_id, session_id, subagent_id, first_call_at, last_call_at, ended_at, models, ${SUMS.join(", ")})
  SELECT agent_id, session_id, coalesce(subagent_id, ''), min(admitted_at), max(admitted_at),
    max(admitted_at + coalesce(latency_ms, 0) * interval '1 millisecond'),
    (array_agg(DISTINCT model ORDER BY model))[1:${SESSION_MODELS_MAX}], count(*),
    count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'refused'),
    count(*) FILTER (WHERE is_estimated), sum(cost_nano_usd),
    ${TOKEN_SUMS.map((name) => `coalesce(sum(${name}), 0)`).join(", ")}
  FROM inserted WHERE session_id IS NOT NULL
  GROUP BY GROUPING SETS ((agent_id, session_id), (agent_id, session_id, subagent_id))
  HAVING grouping(subagent_id) = 1 OR subagent_id IS NOT NULL ORDER BY 1, 2, 3
  ON CONFLICT (agent_id, session_id, subagent_id) DO UPDATE SET ${RAISED_SUMS},
    first_call_at = least(sums.first_call_at, excluded.first_call_at),
    last_call_at = greatest(sums.last_call_at, excluded.last_call_at),
    ended_at = greatest(sums.ended_at, excluded.ended_at),
    models = CASE WHEN sums.models @> excluded.models OR cardinality(sums.models) >= ${SESSION_MODELS_MAX} THEN sums.models
      ELSE ARRAY(SELECT DISTINCT unnest(sums.models || excluded.models) ORDER BY 1 LIMIT ${SESSION_MODELS_MAX}) END
), days AS (
  INSERT INTO usage_days AS sums (agent_id, day_start, requests, failed, refused, cost_nano_usd, last_seen_at)
  SELECT agent_id, date_trunc('day', admitted_at, 'UTC'), count(*),
    count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'refused'),
    sum(cost_nano_usd), max(admitted_at)
  FROM inserted GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (agent_id, day_start) DO UPDATE SET
    requests = sums.requests + excluded.requests, failed = sums.failed + excluded.failed,
    refused = sums.refused + excluded.refused, cost_nano_usd = sums.cost_nano_usd + excluded.cost_nano_usd,
    last_seen_at = greatest(sums.last_seen_at, excluded.last_seen_at)
)
SELECT CASE WHEN count(*) < $2 THEN string_agg(id::text, ' ') END AS new_ids, count(*)::integer AS added,
  array_agg(DISTINCT agent_id) AS agent_ids FROM inserted`;

const RECORD_ALERTS = `
INSERT INTO alerts (budget, agent_id, pool_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd,
  request_id, crossed_at)
SELECT budget, agent_id, (SELECT id FROM budget_pools WHERE 'pool:' || id = budget), period, period_start, threshold_percent,
  limit_nano_usd, spent_nano_usd, request_id, now()
FROM jsonb_to_recordset($1::jsonb) AS incoming (budget text, agent_id integer, period text, period_start timestamptz,
  threshold_percent integer, limit_nano_usd bigint, spent_nano_usd bigint, request_id uuid)
ON CONFLICT DO NOTHING
RETURNING budget, period, period_start AS "periodStart", threshold_percent AS "thresholdPercent", limit_nano_usd AS limit`;

/** Helicone's outbox, for those calls alone of which it is still to be told. It notes a call it has seen when the answer ends, not before. */
const RECORD_DUE = `
INSERT INTO helicone_outbox (request_id, content, state, next_attempt_at)
SELECT id, CASE helicone WHEN 'ask-first' THEN 'metadata' ELSE helicone END,
  CASE helicone WHEN 'ask-first' THEN 'unsure' ELSE 'due' END,
  now() + CASE helicone WHEN 'ask-first' THEN interval '30 seconds' ELSE interval '0' END
FROM jsonb_to_recordset($1::jsonb) AS incoming (id uuid, helicone text)
ON CONFLICT DO NOTHING`;

/** What a batch has changed. The new ids are not listed where all of them are; `agent_ids` is null where nothing changed. */
type RecordedRow = { added: number; new_ids: string | null; agent_ids: number[] | null };

type AlertRow = Omit<Alert, "agentId" | "spent" | "requestId">;

export type LedgerWriter = {
  /**
   * Writes settled calls, their sums, the alerts they triggered and what Helicone is to be told, all or nothing. A call whose id is already
   * in the ledger changes nothing, so the same batch may be written again after a crash.
   * Returns the alerts that are new. Errors: PostgreSQL's own; nothing was written then.
   */
  record(calls: readonly SettledCall[]): Promise<readonly Alert[]>;
};

/** `source` knows the budgets; they decide which thresholds are reached. */
export function createLedgerWriter(pool: pg.Pool, source: BudgetSource): LedgerWriter {
  const watch = createAlertWatch(source);
  return {
    async record(calls) {
      if (calls.length === 0) return [];
      const client = await pool.connect();
      // A connection that is lost between two statements says so here, and fails the next one all the same.
      client.on("error", ignore);
      try {
        await client.query("BEGIN");
        const recorded = await recordCalls(client, calls);
        const { agent_ids: agentIds } = recorded;
        const added = newCalls(calls, recorded);
        const found = findAlerts(await spendsAfter(client, watch.due(added)));
        const alerts = await recordAlerts(client, found);
        await recordDue(client, added);
        if (agentIds !== null) await client.query("SELECT pg_notify('ledger', $1)", [toPayload(agentIds)]);
        await client.query("COMMIT");
        watch.told(found);
        client.off("error", ignore);
        client.release();
        return alerts;
      } catch (error) {
        // A connection that failed in the middle of a transaction is not given to anyone else.
        client.release(true);
        throw error;
      }
    },
  };
}

function ignore(): void {
  // the statement that follows fails, and is tried again
}

/** A notification carries at most 8,000 bytes; above that, everybody looks. */
function toPayload(agentIds: readonly number[]): string {
  return JSON.stringify({ agentIds: agentIds.length > 500 ? "all" : agentIds });
}

/** Prepared once per connection: planning such a statement takes as long as inserting some fifty calls. */
async function recordCalls(client: pg.PoolClient, calls: readonly SettledCall[]): Promise<RecordedRow> {
  const values = [JSON.stringify(calls.map(toColumns)), calls.length];
  const { rows } = await client.query<RecordedRow>({ name: "record_calls", text: RECORD_CALLS, values });
  return rows[0] ?? { added: 0, new_ids: null, agent_ids: null };
}

async function recordDue(client: pg.PoolClient, calls: readonly SettledCall[]): Promise<void> {
  const due = calls.flatMap(({ id, helicone }) => (helicone === null ? [] : [{ id, helicone }]));
  if (due.length > 0) await client.query(RECORD_DUE, [JSON.stringify(due)]);
}

async function recordAlerts(client: pg.PoolClient, alerts: readonly Alert[]): Promise<readonly Alert[]> {
  if (alerts.length === 0) return [];
  const columns = alerts.map((alert) => ({
    budget: alert.budget,
    agent_id: alert.agentId,
    period: alert.period,
    period_start: alert.periodStart,
    threshold_percent: alert.thresholdPercent,
    limit_nano_usd: alert.limit.toString(),
    spent_nano_usd: alert.spent.toString(),
    request_id: alert.requestId,
  }));
  const { rows } = await client.query<AlertRow>(RECORD_ALERTS, [JSON.stringify(columns)]);
  const recorded = new Set(rows.map(alertKey));
  return alerts.filter((alert) => recorded.has(alertKey(alert)));
}

/** The calls of a batch that were not in the ledger, in the order of their admission. */
function newCalls(batch: readonly SettledCall[], { added, new_ids: newIds }: RecordedRow): SettledCall[] {
  const left = new Set(newIds?.split(" "));
  return batch
    .filter((call) => added === batch.length || left.delete(call.id)) // a call that stands twice in the batch counts once
    .toSorted((a, b) => a.admittedAt.getTime() - b.admittedAt.getTime());
}

/** What each period had come to with each of its new calls, by the sums that the batch is already in. */
async function spendsAfter(client: pg.PoolClient, due: readonly CountedCalls[]): Promise<SpendAfter[]> {
  const spends: SpendAfter[] = [];
  for (const { watched, period, span, calls } of due) {
    const spentAfter = await readSpentIn(client, watched.agentIds, span);
    let spent = spentAfter - calls.reduce((sum, call) => sum + call.listCost, 0n);
    for (const call of calls) {
      spent += call.listCost;
      spends.push({ budget: watched.budget, period, periodStart: span.start, call, spent });
    }
  }
  return spends;
}

function toColumns(call: SettledCall): Record<string, unknown> {
  return {
    id: call.id,
    agent_id: call.agentId,
    admitted_at: call.admittedAt,
    model: call.model,
    requested_model: call.requestedModel,
    session_id: call.sessionId,
    subagent_id: call.subagentId,
    prompt_id: call.promptId,
    upstream_request_id: call.upstreamRequestId,
    error_type: call.errorType,
    outcome: call.outcome,
    priced_as: call.pricedAs,
    cost_nano_usd: call.listCost.toString(),
    input_tokens: call.inputTokens,
    output_tokens: call.outputTokens,
    cache_read_input_tokens: call.cacheReadInputTokens,
    cache_creation_5m_input_tokens: call.cacheCreation5mInputTokens,
    cache_creation_1h_input_tokens: call.cacheCreation1hInputTokens,
    web_search_requests: call.webSearchRequests,
    latency_ms: call.latencyMs,
    first_byte_ms: call.firstByteMs,
    overhead_us: call.overheadUs,
    status: call.status,
    streamed: call.isStreamed,
    is_estimated: call.isEstimated,
  };
}
