import type pg from "pg";

import type { BudgetRule } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import { type BudgetPeriod, periodAt } from "#domain/period.ts";
import { type Alert, findAlerts, type SpendAfter } from "#ledger/alerts.ts";
import type { SettledCall } from "#ledger/call-record.ts";

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

/**
 * Everything one batch changes, in one statement: only the rows that were really new count in the sums, so a
 * batch may be written any number of times. Keys are sorted, so that two writers cannot deadlock.
 */
const RECORD_CALLS = `
WITH inserted AS (
  INSERT INTO llm_requests (${NAMES})
  SELECT ${NAMES} FROM jsonb_to_recordset($1::jsonb) AS incoming (${COLUMNS})
  ON CONFLICT (id) DO NOTHING
  RETURNING *
), quarter_hours AS (
  INSERT INTO usage_quarter_hours AS sums (agent_id, bucket_start, model, requests, failed, refused, estimated,
    cost_nano_usd, ${TOKEN_SUMS.join(", ")})
  SELECT agent_id, date_bin('15 minutes', admitted_at, 'epoch'), model, count(*),
    count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'refused'),
    count(*) FILTER (WHERE is_estimated), sum(cost_nano_usd),
    ${TOKEN_SUMS.map((name) => `coalesce(sum(${name}), 0)`).join(", ")}
  FROM inserted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (agent_id, bucket_start, model) DO UPDATE SET
    ${["requests", "failed", "refused", "estimated", "cost_nano_usd", ...TOKEN_SUMS]
      .map((name) => `${name} = sums.${name} + excluded.${name}`)
      .join(", ")}
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
), spend AS (
  INSERT INTO spend_totals AS totals (agent_id, period, period_start, spent_nano_usd)
  SELECT agent_id, period, date_trunc(period, admitted_at, 'UTC'), sum(cost_nano_usd)
  FROM inserted CROSS JOIN (VALUES ('day'), ('month')) AS periods (period)
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (agent_id, period, period_start) DO UPDATE SET
    spent_nano_usd = totals.spent_nano_usd + excluded.spent_nano_usd
  RETURNING agent_id, period, period_start, spent_nano_usd
)
SELECT agent_id, period, period_start, spent_nano_usd, (SELECT string_agg(id::text, ' ') FROM inserted) AS new_ids
FROM spend`;

const RECORD_ALERTS = `
INSERT INTO alerts (budget, agent_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd, request_id, crossed_at)
SELECT 'agent:' || agent_id, agent_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd, request_id, now()
FROM jsonb_to_recordset($1::jsonb) AS incoming (agent_id integer, period text, period_start timestamptz,
  threshold_percent integer, limit_nano_usd bigint, spent_nano_usd bigint, request_id uuid)
ON CONFLICT DO NOTHING
RETURNING agent_id, period, period_start, threshold_percent`;

/** A total after the batch. Every row names the calls that were new. */
type TotalRow = {
  agent_id: number;
  period: BudgetPeriod;
  period_start: Date;
  spent_nano_usd: NanoUsd;
  new_ids: string;
};

type AlertRow = { agent_id: number; period: string; period_start: Date; threshold_percent: number };

export type LedgerWriter = {
  /**
   * Writes settled calls, their sums and the alerts they triggered, all or nothing. A call whose id is already
   * in the ledger changes nothing, so the same batch may be written again after a crash.
   * Returns the alerts that are new. Errors: PostgreSQL's own; nothing was written then.
   */
  record(calls: readonly SettledCall[]): Promise<readonly Alert[]>;
};

/** `budgetOf` gives the limits in force for an agent; they decide which thresholds are reached. */
export function createLedgerWriter(pool: pg.Pool, budgetOf: (agentId: number) => BudgetRule | null): LedgerWriter {
  return {
    async record(calls) {
      if (calls.length === 0) return [];
      const client = await pool.connect();
      // A connection that is lost between two statements says so here, and fails the next one all the same.
      client.on("error", ignore);
      try {
        await client.query("BEGIN");
        const { rows } = await client.query<TotalRow>(RECORD_CALLS, [JSON.stringify(calls.map(toColumns))]);
        const alerts = await recordAlerts(client, findAlerts(spendsAfter(rows, calls), budgetOf));
        const agentIds = [...new Set(rows.map((row) => row.agent_id))];
        if (agentIds.length > 0) await client.query("SELECT pg_notify('ledger', $1)", [toPayload(agentIds)]);
        await client.query("COMMIT");
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

async function recordAlerts(client: pg.PoolClient, alerts: readonly Alert[]): Promise<readonly Alert[]> {
  if (alerts.length === 0) return [];
  const columns = alerts.map((alert) => ({
    agent_id: alert.agentId,
    period: alert.period,
    period_start: alert.periodStart,
    threshold_percent: alert.thresholdPercent,
    limit_nano_usd: alert.limit.toString(),
    spent_nano_usd: alert.spent.toString(),
    request_id: alert.requestId,
  }));
  const { rows } = await client.query<AlertRow>(RECORD_ALERTS, [JSON.stringify(columns)]);
  return alerts.filter((alert) =>
    rows.some(
      (row) =>
        row.agent_id === alert.agentId &&
        row.period === alert.period &&
        row.period_start.getTime() === alert.periodStart.getTime() &&
        row.threshold_percent === alert.thresholdPercent,
    ),
  );
}

/** The totals after the batch and its new calls, as what each period had come to with each call. */
function spendsAfter(totals: readonly TotalRow[], batch: readonly SettledCall[]): SpendAfter[] {
  const newIds = new Set(totals[0]?.new_ids.split(" "));
  const calls = batch
    .filter((call) => newIds.delete(call.id)) // a call that stands twice in the batch counts once
    .toSorted((a, b) => a.admittedAt.getTime() - b.admittedAt.getTime());
  return totals.flatMap(({ agent_id: agentId, period, period_start: periodStart, spent_nano_usd: spentAfter }) => {
    const { start, end } = periodAt(period, periodStart);
    const inPeriod = calls.filter(
      (call) => call.agentId === agentId && call.admittedAt >= start && call.admittedAt < end,
    );
    let spent = spentAfter - inPeriod.reduce((sum, call) => sum + call.listCost, 0n);
    return inPeriod.map((call) => {
      spent += call.listCost;
      return { agentId, period, periodStart, requestId: call.id, spent };
    });
  });
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
