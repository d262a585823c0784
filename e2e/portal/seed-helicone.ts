import type pg from "pg";

import type { LoggedRow } from "../helicone/logged-rows.ts";

/** A call that Helicone knows and the ledger does not. */
export const STRANGER_ID = "01980000-0000-7000-8000-00000000cafe";

type LedgerCall = {
  id: string;
  agent_name: string;
  admitted_at: Date;
  model: string;
  cost_nano_usd: bigint;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_input_tokens: number | null;
  cache_creation_5m_input_tokens: number | null;
  cache_creation_1h_input_tokens: number | null;
};

/** What seedHelicone left different, by agent: how many calls Helicone lacks. */
export type SeededGaps = { missing: Record<string, string[]>; repeated: string };

const UNPRICED_THERE = /opus|preview/;

/**
 * Gives a stand-in the ledger's calls of the last days as the pinned Helicone would have them: nothing for what it has no price
 * for. It lacks every 40th call of the builder, has one of the reviewer's twice, and one that the ledger does not know.
 */
export async function seedHelicone(pool: pg.Pool, rows: LoggedRow[], organizationId: string): Promise<SeededGaps> {
  const { rows: calls } = await pool.query<LedgerCall>(
    `SELECT call.id::text, agent_name, admitted_at, model, cost_nano_usd, input_tokens, output_tokens, cache_read_input_tokens,
       cache_creation_5m_input_tokens, cache_creation_1h_input_tokens
     FROM llm_requests AS call JOIN agent_ownership AS agent ON agent.id = call.agent_id ORDER BY admitted_at DESC`,
  );
  const builders = calls.filter((call) => call.agent_name === "builder");
  const lacking = builders.filter((_, index) => index % 40 === 39).map((call) => call.id);
  const present = calls.filter((call) => !lacking.includes(call.id));
  rows.push(...present.map((call) => toRow(call, organizationId)));
  const twice = present.filter((call) => call.agent_name === "reviewer").at(30);
  if (twice === undefined) throw new Error("there is no call to repeat");
  rows.push(toRow(twice, organizationId));
  rows.push({ ...toRow(twice, organizationId), requestId: STRANGER_ID, properties: {}, userId: "" });
  return { missing: { builder: lacking }, repeated: twice.id };
}

function toRow(call: LedgerCall, organizationId: string): LoggedRow {
  const at = call.admitted_at.toISOString();
  return {
    requestId: call.id,
    organizationId,
    requestCreatedAt: at,
    responseCreatedAt: at,
    status: 200,
    model: call.model,
    provider: "ANTHROPIC",
    userId: call.agent_name,
    properties: { "agent-name": call.agent_name },
    promptTokens: call.input_tokens ?? 0,
    completionTokens: call.output_tokens ?? 0,
    cacheReadTokens: call.cache_read_input_tokens ?? 0,
    cacheWriteTokens: (call.cache_creation_5m_input_tokens ?? 0) + (call.cache_creation_1h_input_tokens ?? 0),
    cost: UNPRICED_THERE.test(call.model) ? 0 : Number(call.cost_nano_usd),
    latencyMs: 1_000,
    timeToFirstTokenMs: 100,
    targetUrl: "https://api.anthropic.com/v1/messages",
    objectPath: `/request-response-storage/organizations/${organizationId}/requests/${call.id}/request_response_body`,
    queryableAt: 0,
  };
}
