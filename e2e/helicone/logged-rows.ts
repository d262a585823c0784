/** One row of request_response_rmt, as far as any answer shows it. */
export type LoggedRow = {
  requestId: string;
  organizationId: string;
  requestCreatedAt: string;
  responseCreatedAt: string;
  status: number;
  model: string;
  provider: string;
  userId: string;
  properties: Record<string, string>;
  promptTokens: number;
  completionTokens: number;
  cacheWriteTokens: number;
  cacheReadTokens: number;
  /** Nano-USD. */
  cost: number;
  latencyMs: number;
  timeToFirstTokenMs: number | null;
  targetUrl: string;
  /** Where its bodies are in the object store. */
  objectPath: string;
  /** Milliseconds since 1970; before that no query sees it. */
  queryableAt: number;
};

export type RowStore = {
  all: LoggedRow[];
  add: (row: LoggedRow) => void;
  /** What a query of an organisation finds now, newest first. One request id can be there twice. */
  find: (organizationId: string, passes: (row: LoggedRow) => boolean) => LoggedRow[];
};

/** The table of one stand-in, in memory. */
export function createRowStore(): RowStore {
  const all: LoggedRow[] = [];
  return {
    all,
    add: (row) => void all.push(row),
    find: (organizationId, passes) =>
      all
        .filter((row) => row.organizationId === organizationId && row.queryableAt <= Date.now())
        .filter(passes)
        .sort((a, b) => b.requestCreatedAt.localeCompare(a.requestCreatedAt)),
  };
}

const BODY_ELSEWHERE = {
  helicone_message: "fetching body from signed_url... contact engineering@helicone.ai for more information",
};

/** A row as query-clickhouse answers it: 64-bit counts as strings, the cost as a number of dollars. */
export function rowAnswer(row: LoggedRow, signedBodyUrl: string): Record<string, unknown> {
  return {
    response_id: row.requestId,
    response_body: BODY_ELSEWHERE,
    response_created_at: row.responseCreatedAt,
    response_status: row.status,
    request_id: row.requestId,
    request_body: BODY_ELSEWHERE,
    request_created_at: row.requestCreatedAt,
    request_user_id: row.userId,
    request_properties: row.properties,
    provider: row.provider,
    delay_ms: row.latencyMs,
    request_model: row.model,
    time_to_first_token: row.timeToFirstTokenMs === null ? null : String(row.timeToFirstTokenMs),
    total_tokens: String(row.promptTokens + row.completionTokens),
    completion_tokens: String(row.completionTokens),
    prompt_cache_read_tokens: String(row.cacheReadTokens),
    prompt_cache_write_tokens: String(row.cacheWriteTokens),
    prompt_tokens: String(row.promptTokens),
    country_code: "",
    scores: {},
    properties: row.properties,
    asset_ids: [],
    target_url: row.targetUrl,
    cache_reference_id: "00000000-0000-0000-0000-000000000000",
    cache_enabled: false,
    gateway_router_id: "",
    gateway_deployment_target: "",
    cost: row.cost / 1e9,
    prompt_id: "",
    prompt_version: "",
    updated_at: row.responseCreatedAt,
    signed_body_url: signedBodyUrl,
    asset_urls: {},
  };
}
