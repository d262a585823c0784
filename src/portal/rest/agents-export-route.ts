import type { CsvValue } from "#domain/csv.ts";
import { DomainError } from "#domain/errors.ts";
import { toUsdText } from "#domain/money.ts";
import { getPlatform } from "#platform.ts";
import { ROUTE_ACCESS } from "#portal/api/access.ts";
import { type AgentRow, agentRows } from "#portal/api/agent-rows.ts";
import { authorize } from "#portal/api/authorize.ts";
import { csvResponse } from "#portal/rest/csv-response.ts";
import { readerOf } from "#portal/rest/reader.ts";
import { errorResponse } from "#portal/rest/responses.ts";

/** `GET /api/agents-export`: the list of the agents that the caller may see, with what they cost today and this month. */
export async function exportAgents(request: Request): Promise<Response> {
  const platform = getPlatform();
  try {
    const actor = await readerOf(platform, request, ["costs:read"]);
    await authorize(ROUTE_ACCESS["GET /api/agents-export"], { platform, actor });
    if (actor === null) throw new DomainError("not_signed_in", "Sign in first.");
    let rows: AgentRow[] | null = await agentRows(platform, actor); // what the page shows at once, too
    return csvResponse({
      name: `agents-${platform.clock().toISOString().slice(0, 10)}.csv`,
      head: COLUMNS.map(([name]) => name),
      log: platform.log,
      async next() {
        const lines = rows?.map((row) => COLUMNS.map(([, cellOf]) => cellOf(row))) ?? null;
        rows = null;
        return lines;
      },
    });
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}

type Column = [name: string, cellOf: (row: AgentRow) => CsvValue];

const usd = (amount: bigint | null) => (amount === null ? null : toUsdText(amount));

const COLUMNS: readonly Column[] = [
  ["agent", ({ name }) => name],
  ["owner", ({ owner }) => owner?.name ?? null],
  ["type", ({ type }) => type],
  ["template", ({ template }) => template],
  ["routing", ({ routing }) => routing],
  ["today_usd", ({ today }) => usd(today)],
  ["month_usd", ({ month }) => usd(month)],
  ["requests_today", ({ requestsToday }) => requestsToday],
  ["last_seen_at", ({ lastSeenAt }) => lastSeenAt],
  ["daily_limit_usd", ({ budget }) => usd(budget.day.limit)],
  ["monthly_limit_usd", ({ budget }) => usd(budget.month.limit)],
  ["action_on_exceed", ({ budget }) => budget.actionOnExceed],
  ["budget_state", ({ budget }) => budget.state],
  ["paused_since", ({ pause }) => pause?.at ?? null],
];
