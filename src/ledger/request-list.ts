import { DomainError } from "#domain/errors.ts";
import { CALL_OUTCOMES, type CallOutcome, type PricedAs, toRequestId } from "#ledger/call-record.ts";
import type { TokenSums } from "#ledger/cost-report-store.ts";
import type { CallTags, RequestFilter, RequestListStore } from "#ledger/request-list-store.ts";

const PRICED_AS: readonly PricedAs[] = ["list", "family", "dearest", "none"];

/** One call as people see it. Null counts and times were reported by nobody; they are not zero. */
export type RequestRow = {
  /** "req_" and 32 hex digits: the `request-id` that the agent saw. */
  id: string;
  admittedAt: Date;
  model: string;
  requestedModel: string | null;
  outcome: CallOutcome;
  status: number | null;
  errorType: string | null;
  /** Nano-USD. */
  listCost: bigint;
  pricedAs: PricedAs;
  isEstimated: boolean;
  usage: { [K in keyof TokenSums]: number | null };
  latencyMs: number | null;
  firstByteMs: number | null;
  sessionId: string | null;
  subagentId: string | null;
  streamed: boolean;
  /** Null: the agent's were not kept. */
  tags: CallTags | null;
};

export type RequestListPage = { requests: RequestRow[]; nextCursor: string | null };

export type RequestList = ReturnType<typeof createRequestList>;

/** Lists single calls. The caller has made sure that the person may see the agent. */
export function createRequestList(store: RequestListStore) {
  return {
    /**
     * At most `limit` calls of the agent that the filter lets through, the newest first. `nextCursor` continues after the last of them; it
     * is null at the end.
     * @throws DomainError invalid_input for a cursor that `latest` did not return
     */
    async latest(
      agentId: number,
      page: { limit: number; cursor: string | null; filter?: RequestFilter },
    ): Promise<RequestListPage> {
      const beforeId = page.cursor === null ? null : toUuid(page.cursor);
      const rows = await store.page({ agentId, beforeId, limit: page.limit + 1, filter: page.filter ?? {} });
      const requests = rows.slice(0, page.limit).map(toRequestRow);
      const nextCursor = rows.length > page.limit ? (requests.at(-1)?.id ?? null) : null;
      return { requests, nextCursor };
    },
  };
}

/**
 * The stored id of what people and agents see.
 * @throws DomainError invalid_input for anything else
 */
export function toUuid(requestId: string): string {
  const match = /^req_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(requestId);
  if (match === null) throw new DomainError("invalid_input", "This page of calls does not exist. Start at the newest.");
  return match.slice(1).join("-");
}

type StoredRequest = Awaited<ReturnType<RequestListStore["page"]>>[number];

/** A stored call as people see it. */
export function toRequestRow(row: StoredRequest): RequestRow {
  const { admittedAt, model, requestedModel, status, errorType, isEstimated, latencyMs, firstByteMs } = row;
  return {
    id: toRequestId(row.id),
    admittedAt,
    model,
    requestedModel,
    outcome: oneOf(CALL_OUTCOMES, row.outcome),
    status,
    errorType,
    listCost: row.costNanoUsd,
    pricedAs: oneOf(PRICED_AS, row.pricedAs),
    isEstimated,
    usage: {
      inputTokens: row.inputTokens,
      outputTokens: row.outputTokens,
      cacheReadInputTokens: row.cacheReadInputTokens,
      cacheCreation5mInputTokens: row.cacheCreation5mInputTokens,
      cacheCreation1hInputTokens: row.cacheCreation1hInputTokens,
      webSearchRequests: row.webSearchRequests,
    },
    latencyMs,
    firstByteMs,
    sessionId: row.sessionId,
    subagentId: row.subagentId,
    streamed: row.streamed,
    tags: row.tags,
  };
}

/** The columns are text with a CHECK; a value outside the list is a fault. */
function oneOf<T extends string>(values: readonly T[], text: string): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw new Error(`The ledger holds "${text}", which is none of ${values.join(", ")}.`);
  return value;
}
