import { z } from "zod";

import type { Span } from "#domain/period.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";
import type { ComparedLedger } from "#helicone/compare-day.ts";
import type { LedgerCall } from "#helicone/day-comparison.ts";

/** The ledger's side of a comparison with Helicone. */
export function createComparedLedgerStore(prisma: PrismaClient): ComparedLedger {
  return {
    async endOfPart({ start, end }: Span, count: number): Promise<Date> {
      const rows = await prisma.$queryRaw<{ at: Date }[]>`
        SELECT date_trunc('second', admitted_at) + interval '1 second' AS at FROM llm_requests
        WHERE admitted_at >= ${start} AND admitted_at < ${end} ORDER BY admitted_at LIMIT 1 OFFSET ${count}`;
      const at = rows[0]?.at;
      return at === undefined || at > end ? end : at;
    },

    async callsWithin({ start, end }: Span): Promise<LedgerCall[]> {
      const rows = await prisma.$queryRaw<LedgerRow[]>`
        SELECT call.id::text, coalesce(tags.agent_name, agent.agent_name) AS agent_name, admitted_at, latency_ms, model,
          cost_nano_usd, priced_as, is_estimated, input_tokens, output_tokens, cache_read_input_tokens,
          cache_creation_5m_input_tokens, cache_creation_1h_input_tokens, web_search_requests
        FROM llm_requests AS call JOIN agent_ownership AS agent ON agent.id = call.agent_id
        LEFT JOIN LATERAL (
          SELECT agent_name FROM agent_tags WHERE agent_tags.agent_id = call.agent_id AND valid_from <= admitted_at
          ORDER BY valid_from DESC LIMIT 1
        ) AS tags ON true
        WHERE admitted_at >= ${start} AND admitted_at < ${end} AND outcome <> 'refused'`;
      return rows.map(toLedgerCall);
    },

    /** What is no UUID is none. */
    async known(requestIds: readonly string[]): Promise<ReadonlySet<string>> {
      const ids = requestIds.filter((id) => z.guid().safeParse(id).success);
      if (ids.length === 0) return new Set();
      const rows = await prisma.llmRequest.findMany({ where: { id: { in: ids } }, select: { id: true } });
      return new Set(rows.map(({ id }) => id));
    },
  };
}

type LedgerRow = {
  id: string;
  agent_name: string;
  admitted_at: Date;
  latency_ms: number | null;
  model: string;
  cost_nano_usd: bigint;
  priced_as: LedgerCall["pricedAs"];
  is_estimated: boolean;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_input_tokens: number | null;
  cache_creation_5m_input_tokens: number | null;
  cache_creation_1h_input_tokens: number | null;
  web_search_requests: number | null;
};

function toLedgerCall(row: LedgerRow): LedgerCall {
  return {
    id: row.id,
    agentName: row.agent_name,
    admittedAt: row.admitted_at,
    endedAt: new Date(row.admitted_at.getTime() + (row.latency_ms ?? 0)),
    model: row.model,
    costNanoUsd: row.cost_nano_usd,
    pricedAs: row.priced_as,
    isEstimated: row.is_estimated,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadInputTokens: row.cache_read_input_tokens,
    cacheCreation5mInputTokens: row.cache_creation_5m_input_tokens,
    cacheCreation1hInputTokens: row.cache_creation_1h_input_tokens,
    webSearchRequests: row.web_search_requests,
  };
}
