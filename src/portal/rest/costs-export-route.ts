import type { CsvValue } from "#domain/csv.ts";
import { DomainError } from "#domain/errors.ts";
import { type DayUse, FOCUS_COLUMNS, focusLines } from "#domain/focus.ts";
import { toUsdText } from "#domain/money.ts";
import { lastDays } from "#domain/period.ts";
import type { PriceList } from "#domain/price-list.ts";
import { getPlatform, type Platform } from "#platform.ts";
import { ROUTE_ACCESS } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import { callScope } from "#portal/api/call-scope.ts";
import { csvResponse } from "#portal/rest/csv-response.ts";
import { type ExportFormat, toFormat } from "#portal/rest/export-format.ts";
import { readerOf } from "#portal/rest/reader.ts";
import { errorResponse } from "#portal/rest/responses.ts";

const DAY_MS = 86_400_000;
const DAYS_MAX = 366;

/**
 * `GET /api/costs/export?format=csv|focus&days=7&agent=…`: what was spent by UTC day, agent and model, today included. `focus`: by kind of
 * token as well, in the columns of FOCUS 1.2. Of all agents that the caller may see, or of one.
 */
export async function exportCosts(request: Request): Promise<Response> {
  const platform = getPlatform();
  try {
    const actor = await readerOf(platform, request, ["costs:read"]);
    await authorize(ROUTE_ACCESS["GET /api/costs/export"], { platform, actor });
    if (actor === null) throw new DomainError("not_signed_in", "Sign in first.");
    const { searchParams } = new URL(request.url);
    const asked = { days: toDays(searchParams.get("days")), format: toFormat(searchParams.get("format")) };
    const agentIds = await callScope({ platform, actor }, searchParams.get("agent"));
    return await costsFile(platform, { ...asked, agentIds });
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}

type Asked = { days: number; format: ExportFormat; agentIds: number[] | null };

async function costsFile(platform: Platform, { days, format, agentIds }: Asked): Promise<Response> {
  const { start, end } = lastDays(days, platform.clock());
  const prices = await platform.prices();
  const columns = format === "focus" ? FOCUS_COLUMNS : COLUMNS;
  let dayMs = start.getTime();
  return csvResponse({
    name: `${format === "focus" ? "focus" : "costs"}-${platform.clock().toISOString().slice(0, 10)}.csv`,
    head: columns.map(([name]) => name),
    log: platform.log,
    async next() {
      if (dayMs >= end.getTime()) return null;
      const uses = await platform.dayUse.ofDay(agentIds, new Date(dayMs));
      dayMs += DAY_MS;
      return uses.flatMap((use) => linesOf(use, { format, prices }));
    },
  });
}

function linesOf(use: DayUse, { format, prices }: { format: Asked["format"]; prices: PriceList }): CsvValue[][] {
  return format === "focus" ? focusLines(prices, use) : [COLUMNS.map(([, cellOf]) => cellOf(use))];
}

function toDays(text: string | null): number {
  const days = Number(text ?? "7");
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX) return days;
  throw new DomainError("invalid_input", `days is a whole number from 1 to ${DAYS_MAX}.`);
}

type Column = [name: string, cellOf: (use: DayUse) => CsvValue];

const COLUMNS: readonly Column[] = [
  ["day", ({ dayStart }) => dayStart.toISOString().slice(0, 10)],
  ["agent", ({ agentName }) => agentName],
  ["owner", ({ ownerName }) => ownerName],
  ["type", ({ type }) => type],
  ["template", ({ template }) => template],
  ["model", ({ model }) => model],
  ["requests", ({ requests }) => requests],
  ["failed_requests", ({ failedRequests }) => failedRequests],
  ["refused_requests", ({ refusedRequests }) => refusedRequests],
  ["list_cost_usd", ({ listCost }) => toUsdText(listCost)],
  ["input_tokens", ({ tokens }) => tokens.inputTokens],
  ["output_tokens", ({ tokens }) => tokens.outputTokens],
  ["cache_read_tokens", ({ tokens }) => tokens.cacheReadInputTokens],
  ["cache_write_5m_tokens", ({ tokens }) => tokens.cacheCreation5mInputTokens],
  ["cache_write_1h_tokens", ({ tokens }) => tokens.cacheCreation1hInputTokens],
  ["web_searches", ({ tokens }) => tokens.webSearchRequests],
];
