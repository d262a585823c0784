import type pg from "pg";

import type { AnsweredCall, ToldUsage } from "#testing/call-load.ts";
import { ledgerDifferences } from "#testing/ledger-sums.ts";

type Row = {
  id: string;
  session_id: string | null;
  outcome: string;
  is_estimated: boolean;
  cost_nano_usd: bigint;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_input_tokens: number | null;
  cache_creation_5m_input_tokens: number | null;
};

/** Nano-dollars for a token of claude-sonnet-5-5, by the words of Anthropic's `usage`. */
const PRICES: Record<string, bigint> = {
  input_tokens: 2_000n,
  output_tokens: 10_000n,
  cache_read_input_tokens: 100n,
  cache_creation_input_tokens: 2_500n,
};

/** Those of the answered calls that the ledger does not have exactly as their answers said, as sentences. */
export async function unrecordedCalls(pool: pg.Pool, answered: readonly AnsweredCall[]): Promise<string[]> {
  const ids = answered.map((call) => toUuid(call.requestId));
  const { rows } = await pool.query<Row>("SELECT * FROM llm_requests WHERE id = ANY($1::uuid[])", [ids]);
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const problems = answered.flatMap((call, at) => problemOf(call, rowById.get(ids[at] ?? "")) ?? []);
  const repeated = ids.length - new Set(ids).size;
  return repeated === 0 ? problems : [...problems, `${repeated} request-ids were given out twice`];
}

/**
 * What is wrong with the ledger as a whole once every call has ended: attempts that reached the upstream without
 * exactly one row, and sums that disagree with the rows.
 */
export async function ledgerProblems(pool: pg.Pool, attemptsAtUpstream: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ session_id: string; count: bigint }>(
    "SELECT session_id, count(*) FROM llm_requests WHERE session_id IS NOT NULL GROUP BY 1",
  );
  const counts = new Map(rows.map((row) => [row.session_id, Number(row.count)]));
  const missing = attemptsAtUpstream.filter((attempt) => !counts.has(attempt));
  const repeated = [...counts].filter(([, count]) => count > 1);
  return [
    ...missing.map((attempt) => `${attempt} reached the upstream and is not in the ledger`),
    ...repeated.map(([attempt, count]) => `${attempt} is in the ledger ${count} times`),
    ...(await ledgerDifferences(pool)),
  ];
}

function problemOf(call: AnsweredCall, row: Row | undefined): string | null {
  const name = `${call.attempt} (${call.requestId})`;
  if (row === undefined) return `${name} was answered and is not in the ledger`;
  const kept = {
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    cache_read_input_tokens: row.cache_read_input_tokens,
    cache_creation_input_tokens: row.cache_creation_5m_input_tokens,
  };
  const expected = JSON.stringify([call.attempt, "completed", false, pick(call.usage), String(costOf(call.usage))]);
  const found = JSON.stringify([row.session_id, row.outcome, row.is_estimated, pick(kept), String(row.cost_nano_usd)]);
  return expected === found ? null : `${name}: the answer said ${expected}, the ledger says ${found}`;
}

function pick(usage: Record<string, number | null>): (number | null | undefined)[] {
  return Object.keys(PRICES).map((name) => usage[name]);
}

function costOf(usage: ToldUsage): bigint {
  return Object.entries(PRICES).reduce((sum, [name, price]) => sum + BigInt(usage[name] ?? 0) * price, 0n);
}

function toUuid(requestId: string): string {
  return requestId.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
