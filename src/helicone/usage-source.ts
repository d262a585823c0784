import type { NanoUsd } from "#domain/money.ts";
import type { Span } from "#domain/period.ts";
import { unavailable } from "#helicone/helicone-answer.ts";
import {
  type CostBucket,
  createdWithin,
  type HeliconeClient,
  type HeliconeFilter,
  type HeliconeRow,
  ofAgent,
  ROWS_MAX,
} from "#helicone/helicone-client.ts";

/** What Helicone counted for an agent on a UTC day. `agentName` null: rows that name no agent. */
export type HeliconeAgentDay = {
  agentName: string | null;
  dayStart: Date;
  requests: number;
  costNanoUsd: NanoUsd;
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
};

export type HeliconeUsageSource = ReturnType<typeof createHeliconeUsageSource>;

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** As many ids are asked for at once: a filter is a tree of so many leaves. */
const IDS_MAX = 25;
/** From the end of an answer until its row can be queried: seconds, as recorded, with room for a busy Helicone. */
const DELAY_MS = 5 * 60_000;

/**
 * What Helicone has counted, read so that its silence is never taken for a zero: an empty answer counts only where
 * ClickHouse has answered another question right after it, and the same answer came again. Every method throws DomainError
 * "unavailable" with the reason where nothing can be said.
 */
export function createHeliconeUsageSource(client: HeliconeClient) {
  /** What everybody cost, by the question that does not hide a dead ClickHouse. */
  const costWithin = async (span: Span): Promise<NanoUsd> => {
    const buckets = await client.costsOverTime("all", span, "hour");
    return buckets.reduce((sum, bucket) => sum + bucket.costNanoUsd, 0n);
  };

  const probe = async (): Promise<void> => {
    await costWithin(lastHour(new Date()));
  };

  const queryProven = async (filter: HeliconeFilter, offset: number): Promise<HeliconeRow[]> => {
    const page = { offset, limit: ROWS_MAX };
    const first = await client.queryRows(filter, page);
    if (first.length > 0) return first;
    await probe();
    return client.queryRows(filter, page);
  };

  /** The first page of a period. Where calls cost something, there are rows: no version may misread the question unseen. */
  const firstRowsWithin = async (span: Span): Promise<HeliconeRow[]> => {
    const page = { offset: 0, limit: ROWS_MAX };
    const first = await client.queryRows(createdWithin(span), page);
    if (first.length > 0) return first;
    const cost = await costWithin({ start: span.start, end: new Date(span.end.getTime() - SECOND_MS) });
    const again = await client.queryRows(createdWithin(span), page);
    if (again.length === 0 && cost > 0n)
      throw unavailable("Helicone counts costs, and shows no calls that they are of.");
    return again;
  };

  const rowsWithin = async (span: Span): Promise<HeliconeRow[]> => {
    const rows = await firstRowsWithin(span);
    if (rows.length < ROWS_MAX) return rows;
    const middle = middleOf(span);
    if (middle === null) return rowsOfOneSecond(span, rows);
    const later = await rowsWithin({ start: middle, end: span.end });
    return [...later, ...(await rowsWithin({ start: span.start, end: middle }))];
  };

  /** More in one second than fit a page. It is over, so that pages do not move. */
  const rowsOfOneSecond = async (span: Span, firstPage: HeliconeRow[]): Promise<HeliconeRow[]> => {
    const rows = [...firstPage];
    for (let page = firstPage; page.length === ROWS_MAX; ) {
      page = await queryProven(createdWithin(span), rows.length);
      rows.push(...page);
    }
    return rows;
  };

  return {
    /** Resolves when ClickHouse answers through Helicone's API. */
    probe,

    /** Every row that was created in a period of whole seconds, newest first. An id that Helicone has twice is there twice. */
    rowsWithin,

    /** What Helicone counted by agent and UTC day, from its rows: for periods of days. */
    async usageByAgentAndDay(span: Span): Promise<HeliconeAgentDay[]> {
      return sumByAgentAndDay(await rowsWithin(span));
    },

    /** What an agent, or everybody, cost by UTC day as Helicone itself sums it; days without calls are there with 0. */
    costByDay: (agentName: string | null, span: Span): Promise<CostBucket[]> =>
      client.costsOverTime(agentName === null ? "all" : ofAgent(agentName), span, "day"),

    /** Helicone's rows of these requests, whenever they were; it may have several of one, or none. */
    async findRows(requestIds: readonly string[]): Promise<HeliconeRow[]> {
      const found: HeliconeRow[] = [];
      for (let at = 0; at < requestIds.length; at += IDS_MAX) {
        const rows = await queryProven(anyOf(requestIds.slice(at, at + IDS_MAX)), 0);
        if (rows.length === ROWS_MAX) throw unavailable("Helicone has too many rows of the same requests.");
        found.push(...rows);
      }
      return found;
    },
  };
}

/** Until when Helicone can be expected to have every call that had ended by then. */
export function settledUntil(now: Date): Date {
  return new Date(now.getTime() - DELAY_MS);
}

function lastHour(now: Date): Span {
  return { start: new Date(now.getTime() - HOUR_MS), end: now };
}

function anyOf(requestIds: readonly string[]): HeliconeFilter {
  const leaves = requestIds.map((id): HeliconeFilter => ({ request_response_rmt: { request_id: { equals: id } } }));
  return leaves.reduce((left, right) => ({ operator: "or", left, right }));
}

/** A whole second within the span, or null when there is none. */
function middleOf({ start, end }: Span): Date | null {
  const middle = Math.floor((start.getTime() + end.getTime()) / 2 / SECOND_MS) * SECOND_MS;
  return middle > start.getTime() && middle < end.getTime() ? new Date(middle) : null;
}

function sumByAgentAndDay(rows: readonly HeliconeRow[]): HeliconeAgentDay[] {
  const sums = new Map<string, HeliconeAgentDay>();
  for (const row of rows) {
    const dayStart = new Date(Math.floor(row.createdAt.getTime() / DAY_MS) * DAY_MS);
    const key = `${dayStart.getTime()} ${row.agentName ?? ""}`;
    const sum = sums.get(key) ?? emptyDay(row.agentName, dayStart);
    sum.requests += 1;
    sum.costNanoUsd += row.costNanoUsd;
    sum.inputTokens += row.inputTokens;
    sum.outputTokens += row.outputTokens;
    sum.cacheReadInputTokens += row.cacheReadInputTokens;
    sum.cacheCreationInputTokens += row.cacheCreationInputTokens;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

function emptyDay(agentName: string | null, dayStart: Date): HeliconeAgentDay {
  const tokens = { inputTokens: 0, outputTokens: 0, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
  return { agentName, dayStart, requests: 0, costNanoUsd: 0n, ...tokens };
}
