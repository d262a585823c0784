import { v7 as uuid } from "uuid";

import { createLedgerWriter } from "#ledger/ledger-writer.ts";

import type { Stack } from "./stack.ts";

/** A call of builder's with counts and prices that are easy to reckon with. */
export const PLAIN_CALL = uuid();
/** One that was refused: of such a call nothing is known but that. */
export const REFUSED_CALL = uuid();
/** A session that a spreadsheet would take for a formula. */
export const FORMULA = '=HYPERLINK("http://evil.example","open")';

const COUNTS = { inputTokens: 1_000, outputTokens: 200, cacheReadInputTokens: 10_000 };
const NOTHING = {
  inputTokens: null,
  outputTokens: null,
  cacheReadInputTokens: null,
  cacheCreation5mInputTokens: null,
  cacheCreation1hInputTokens: null,
  webSearchRequests: null,
  upstreamRequestId: null,
};

/** Puts both into the ledger, beside the fleet's. */
export async function recordKnownCalls({ gateway: { pool } }: Stack): Promise<void> {
  const { rows } = await pool.query<{ id: number }>("SELECT id FROM agent_ownership WHERE agent_name = 'builder'");
  const agentId = rows[0]?.id ?? 0;
  const call = {
    agentId,
    model: "claude-sonnet-4-5",
    requestedModel: "claude-sonnet-4-5",
    subagentId: null,
    promptId: "prompt-77",
    upstreamRequestId: "req_upstream",
    errorType: null,
    cacheCreation5mInputTokens: 0,
    cacheCreation1hInputTokens: 0,
    webSearchRequests: 0,
    overheadUs: 240,
    isStreamed: true,
    isEstimated: false,
    helicone: null,
  };
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000);
  await createLedgerWriter(pool, { budgetsOf: () => [], spentOf: () => null }).record([
    // 1,000 at $3, 200 at $15 and 10,000 at $0.30 a million: three times $0.003.
    {
      ...call,
      ...COUNTS,
      id: PLAIN_CALL,
      admittedAt: at(30),
      sessionId: FORMULA,
      outcome: "completed",
      pricedAs: "list",
      listCost: 9_000_000n,
      latencyMs: 640_000,
      firstByteMs: 160_000,
      status: 200,
    },
    {
      ...call,
      ...NOTHING,
      id: REFUSED_CALL,
      admittedAt: at(20),
      sessionId: null,
      outcome: "refused",
      pricedAs: "none",
      listCost: 0n,
      latencyMs: null,
      firstByteMs: null,
      status: 402,
    },
  ]);
}
