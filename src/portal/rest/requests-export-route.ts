import { type CallQuery, cacheHitOf, spanOf } from "#domain/call-query.ts";
import type { CsvValue } from "#domain/csv.ts";
import { DomainError } from "#domain/errors.ts";
import { FOCUS_COLUMNS, focusLines } from "#domain/focus.ts";
import { toUsdText } from "#domain/money.ts";
import type { RequestRow } from "#ledger/request-list.ts";
import { getPlatform, type Platform } from "#platform.ts";
import { ROUTE_ACCESS } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import { callQueryInput } from "#portal/api/call-query-input.ts";
import { callScope } from "#portal/api/call-scope.ts";
import { callQueryOf } from "#portal/client/call-address.ts";
import { toQueryInput } from "#portal/client/call-list.ts";
import { csvResponse } from "#portal/rest/csv-response.ts";
import { toFormat } from "#portal/rest/export-format.ts";
import { readerOf } from "#portal/rest/reader.ts";
import { errorResponse } from "#portal/rest/responses.ts";

const PAGE = 500;

/**
 * `GET /api/requests/export?format=csv|focus&…`: the calls of a view as comma-separated values, with the parts that the page's address has.
 * `focus`: what they cost, by UTC day, agent, model and kind of token, in the columns of FOCUS 1.2.
 */
export async function exportRequests(request: Request): Promise<Response> {
  const platform = getPlatform();
  try {
    const actor = await readerOf(platform, request, ["costs:read"]);
    await authorize(ROUTE_ACCESS["GET /api/requests/export"], { platform, actor });
    if (actor === null) throw new DomainError("not_signed_in", "Sign in first.");
    const { searchParams } = new URL(request.url);
    const format = toFormat(searchParams.get("format"));
    const query = toQuery(searchParams, platform.clock());
    const scope = await callScope({ platform, actor }, query.filter.agentName);
    return await (format === "focus" ? focusFile(platform, scope, query) : requestsFile(platform, scope, query));
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}

/** The view with its span pinned, so that it does not move on while it is being read. */
function toQuery(address: URLSearchParams, now: Date): CallQuery {
  const query = callQueryOf(address);
  const checked = callQueryInput.safeParse(toQueryInput({ ...query, span: spanOf(query.span, now) }));
  if (!checked.success)
    throw new DomainError("invalid_input", checked.error.issues[0]?.message ?? "Check the address.");
  return checked.data;
}

function requestsFile(platform: Platform, scope: number[] | null, query: CallQuery): Response {
  let cursor: string | null = null;
  let isOver = false;
  return csvResponse({
    name: `requests-${platform.clock().toISOString().slice(0, 10)}.csv`,
    head: COLUMNS.map(([name]) => name),
    log: platform.log,
    async next() {
      if (isOver) return null;
      const page = await platform.callSearch.page(scope, query, { limit: PAGE, cursor });
      cursor = page.nextCursor;
      isOver = cursor === null;
      return page.calls.map((call) => COLUMNS.map(([, cellOf]) => cellOf(call)));
    },
  });
}

async function focusFile(platform: Platform, scope: number[] | null, query: CallQuery): Promise<Response> {
  const prices = await platform.prices();
  const days = platform.callSearch.dayUses(scope, query);
  return csvResponse({
    name: `focus-requests-${platform.clock().toISOString().slice(0, 10)}.csv`,
    head: FOCUS_COLUMNS.map(([name]) => name),
    log: platform.log,
    async next() {
      const { value: uses, done: isOver } = await days.next();
      return isOver ? null : uses.flatMap((use) => focusLines(prices, use));
    },
  });
}

type Column = [name: string, cellOf: (call: RequestRow) => CsvValue];

const COLUMNS: readonly Column[] = [
  ["request_id", ({ id }) => id],
  ["admitted_at", ({ admittedAt }) => admittedAt],
  ["agent", ({ tags }) => tags?.agentName ?? null],
  ["owner", ({ tags }) => tags?.ownerName ?? null],
  ["type", ({ tags }) => tags?.type ?? null],
  ["template", ({ tags }) => tags?.template ?? null],
  ["model", ({ model }) => model],
  ["requested_model", ({ requestedModel }) => requestedModel],
  ["outcome", ({ outcome }) => outcome],
  ["status", ({ status }) => status],
  ["error_type", ({ errorType }) => errorType],
  ["list_cost_usd", ({ listCost }) => toUsdText(listCost)],
  ["priced_as", ({ pricedAs }) => pricedAs],
  ["is_estimated", ({ isEstimated }) => isEstimated],
  ["input_tokens", ({ usage }) => usage.inputTokens],
  ["output_tokens", ({ usage }) => usage.outputTokens],
  ["cache_read_tokens", ({ usage }) => usage.cacheReadInputTokens],
  ["cache_write_5m_tokens", ({ usage }) => usage.cacheCreation5mInputTokens],
  ["cache_write_1h_tokens", ({ usage }) => usage.cacheCreation1hInputTokens],
  ["web_searches", ({ usage }) => usage.webSearchRequests],
  ["cache_hit", ({ usage }) => toShare(cacheHitOf(usage))],
  ["latency_ms", ({ latencyMs }) => latencyMs],
  ["first_byte_ms", ({ firstByteMs }) => firstByteMs],
  ["streamed", ({ streamed }) => streamed],
  ["session_id", ({ sessionId }) => sessionId],
  ["subagent_id", ({ subagentId }) => subagentId],
];

function toShare(share: number | null): number | null {
  return share === null ? null : Math.round(share * 1_000) / 1_000;
}
