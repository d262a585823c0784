import type pg from "pg";

import type { Amount } from "#telemetry/measures.ts";
import type { Report, ReportedEvent } from "#telemetry/report.ts";
import { countPoint, NEW_SERIES, type SeriesState } from "#telemetry/series-count.ts";

/** What an agent reported in one export. */
export type AgentReport = Pick<Report, "points" | "events"> & { agentId: number };

type Sum = Amount & { agent_id: number; at: Date };
type SeriesRow = { agent_id: number; series: string; time_nano: bigint; amount: bigint; windows: (bigint | string)[] };

/** Two gateways count one after the other: what one has counted, the other sees. */
const LOCK = "SELECT pg_advisory_xact_lock(hashtext('telemetry'))";
const DIRECT = "SELECT id FROM agent_ownership WHERE id = ANY ($1::int[]) AND routing = 'direct'";
const SERIES = `
SELECT known.agent_id, encode(known.series, 'hex') AS series, time_nano, amount, windows FROM telemetry_series AS known
JOIN unnest($1::int[], $2::text[]) AS asked (agent_id, series)
  ON known.agent_id = asked.agent_id AND known.series = decode(asked.series, 'hex')`;
const KEEP_SERIES = `
INSERT INTO telemetry_series (agent_id, series, time_nano, amount, windows, seen_at)
SELECT agent_id, decode(series, 'hex'), time_nano, amount, windows::bigint[], now()
FROM json_to_recordset($1::json) AS counted (agent_id integer, series text, time_nano bigint, amount bigint, windows text)
ON CONFLICT (agent_id, series) DO UPDATE SET time_nano = excluded.time_nano, amount = excluded.amount,
  windows = excluded.windows, seen_at = excluded.seen_at`;
const KEEP_EVENTS = `
INSERT INTO telemetry_events (agent_id, event, name, at, model, cost_nano_usd, call_id)
SELECT agent_id, decode(event, 'hex'), name, at, model, cost_nano_usd, call_id
FROM json_to_recordset($1::json) AS told (agent_id integer, event text, name text, at timestamptz, model text,
  cost_nano_usd bigint, call_id uuid)
ON CONFLICT (agent_id, event) DO NOTHING RETURNING agent_id, encode(event, 'hex') AS event`;
const ADD = `
WITH incoming AS (
  SELECT * FROM json_to_recordset($1::json) AS added (agent_id integer, at timestamptz, measure text, detail text, amount bigint)
), quarter_hours AS (
  INSERT INTO telemetry_quarter_hours AS sums (agent_id, bucket_start, measure, detail, amount)
  SELECT agent_id, date_bin('15 minutes', at, 'epoch'), measure, detail, sum(amount) FROM incoming GROUP BY 1, 2, 3, 4
  ON CONFLICT (agent_id, bucket_start, measure, detail) DO UPDATE SET amount = sums.amount + excluded.amount
)
INSERT INTO telemetry_days AS sums (agent_id, day_start, measure, detail, amount)
SELECT agent_id, date_trunc('day', at, 'UTC'), measure, detail, sum(amount) FROM incoming GROUP BY 1, 2, 3, 4
ON CONFLICT (agent_id, day_start, measure, detail) DO UPDATE SET amount = sums.amount + excluded.amount`;

/**
 * Adds reports to the sums, in one transaction: what was counted before adds nothing, so a report may be written any number of
 * times. Returns the agents of which something is new. Errors: PostgreSQL's own; nothing was counted then.
 */
export async function writeReports(pool: pg.Pool, reports: readonly AgentReport[]): Promise<number[]> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(LOCK);
    const sums = [...(await countPoints(client, reports)), ...(await countEvents(client, reports))];
    const agentIds = [...new Set(sums.map((sum) => sum.agent_id))];
    if (sums.length > 0) {
      const direct = await directCosts(client, sums);
      await client.query(ADD, [toJson([...sums, ...direct])]);
      await client.query("SELECT pg_notify('ledger', $1)", [JSON.stringify({ agentIds: noticed(agentIds) })]);
    }
    await client.query("COMMIT");
    client.release();
    return agentIds;
  } catch (error) {
    client.release(true); // whatever the transaction has come to, nobody else gets it
    throw error;
  }
}

async function countPoints(client: pg.PoolClient, reports: readonly AgentReport[]): Promise<Sum[]> {
  const points = reports.flatMap(({ agentId, points }) => points.map((point) => ({ ...point, agentId })));
  if (points.length === 0) return [];
  const keyOf = (agentId: number, series: string) => `${agentId} ${series}`;
  const asked = new Map(points.map((point) => [keyOf(point.agentId, point.series), point]));
  const columns = [[...asked.values()].map((point) => point.agentId), [...asked.values()].map((point) => point.series)];
  const { rows } = await client.query<SeriesRow>(SERIES, columns);
  const states = new Map(rows.map((row) => [keyOf(row.agent_id, row.series), toState(row)]));
  const sums = points.map(({ agentId, series, measure, detail, at, ...point }): Sum => {
    const key = keyOf(agentId, series);
    const counted = countPoint(states.get(key) ?? NEW_SERIES, point);
    states.set(key, counted.state);
    return { agent_id: agentId, at, measure, detail, amount: counted.added };
  });
  const kept = [...asked].map(([key, { agentId, series }]) => {
    const { time, amount, windows } = states.get(key) ?? NEW_SERIES;
    return { agent_id: agentId, series, time_nano: time, amount, windows: `{${windows.flat().join(",")}}` };
  });
  await client.query(KEEP_SERIES, [toJson(kept)]);
  return sums.filter((sum) => sum.amount > 0n);
}

async function countEvents(client: pg.PoolClient, reports: readonly AgentReport[]): Promise<Sum[]> {
  const events = reports.flatMap(({ agentId, events }) => events.map((event) => ({ ...event, agent_id: agentId })));
  if (events.length === 0) return [];
  const rows = events.map(({ cost, callId, amounts: _, ...event }) => ({
    ...event,
    cost_nano_usd: cost,
    call_id: callId,
  }));
  const { rows: added } = await client.query<{ agent_id: number; event: string }>(KEEP_EVENTS, [toJson(rows)]);
  const left = new Set(added.map(({ agent_id, event }) => `${agent_id} ${event}`));
  return events.filter((event) => left.delete(`${event.agent_id} ${event.event}`)).flatMap(toSums);
}

function toSums({ agent_id, at, amounts }: ReportedEvent & { agent_id: number }): Sum[] {
  return amounts.filter(({ amount }) => amount > 0n).map((amount) => ({ ...amount, agent_id, at }));
}

/** What agents report to have spent while their calls go past the gateway. */
async function directCosts(client: pg.PoolClient, sums: readonly Sum[]): Promise<Sum[]> {
  const costs = sums.filter((sum) => sum.measure === "cost");
  if (costs.length === 0) return [];
  const { rows } = await client.query<{ id: number }>(DIRECT, [[...new Set(costs.map((sum) => sum.agent_id))]]);
  const direct = new Set(rows.map(({ id }) => id));
  return costs.filter((sum) => direct.has(sum.agent_id)).map((sum) => ({ ...sum, measure: "direct_cost" }));
}

function toState({ time_nano: time, amount, windows }: SeriesRow): SeriesState {
  const ends = windows.map(BigInt); // numbers within arrays come as texts
  const pairs = ends.flatMap((start, at) => (at % 2 === 0 ? [[start, ends[at + 1] ?? start] as const] : []));
  return { time, amount, windows: pairs };
}

function noticed(agentIds: readonly number[]): readonly number[] | "all" {
  return agentIds.length > 500 ? "all" : agentIds;
}

function toJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** Longer than a series can be silent and go on; what is older than a week is not taken any more. */
const FORGET = [
  "DELETE FROM telemetry_series WHERE seen_at < now() - CASE WHEN windows = '{}' THEN interval '40 days' ELSE interval '8 days' END",
  "DELETE FROM telemetry_events WHERE at < now() - CASE WHEN name = 'api_request' THEN interval '40 days' ELSE interval '8 days' END",
];

/** Drops what is not needed any more to tell what was counted. Errors: PostgreSQL's own. */
export async function forgetOldReports(pool: pg.Pool): Promise<void> {
  for (const statement of FORGET) await pool.query(statement);
}
