import { z } from "zod";

import type { NanoUsd } from "#domain/money.ts";
import type { Span } from "#domain/period.ts";
import { askHelicone } from "#helicone/ask-helicone.ts";
import { readAnswer, unavailable } from "#helicone/helicone-answer.ts";

/** A filter of the API: a leaf, two joined, or everything. */
export type HeliconeFilter =
  | "all"
  | { request_response_rmt: Record<string, unknown> }
  | { operator: "and" | "or"; left: HeliconeFilter; right: HeliconeFilter };

/** One logged request as Helicone has it. Counts are what its own reading of the answer found: often 0 for new models. */
export type HeliconeRow = {
  requestId: string;
  createdAt: Date;
  status: number;
  model: string;
  agentName: string | null;
  userId: string;
  sessionId: string | null;
  costNanoUsd: NanoUsd;
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  bodyUrl: string | null;
};

export type CostBucket = { start: Date; costNanoUsd: NanoUsd };

export type HeliconeClient = ReturnType<typeof createHeliconeClient>;

/** Helicone answers at most so many rows at once. */
export const ROWS_MAX = 1_000;

const USD = 1_000_000_000;

/** Numbers of 64 bits come as strings, others as numbers; what was not counted is null. */
const count = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/), z.null()])
  .optional()
  .transform((value) => Number(value ?? 0));
const dollars = count.transform((value): NanoUsd => BigInt(Math.round(value * USD)));

const rowShape = z.object({
  request_id: z.string(),
  request_created_at: z.coerce.date(),
  response_status: count,
  request_model: z.string().nullish(),
  request_properties: z.record(z.string(), z.string()).nullish(),
  request_user_id: z.string().nullish(),
  cost: dollars,
  prompt_tokens: count,
  completion_tokens: count,
  prompt_cache_read_tokens: count,
  prompt_cache_write_tokens: count,
  signed_body_url: z.string().nullish(),
});
const bucketShape = z.object({ created_at_trunc: z.coerce.date(), cost: dollars });
const topCostShape = z.object({ value: z.string(), cost: dollars });

export type HeliconeClientOptions = {
  /** Of its API, without a trailing slash. */
  url: string;
  /** Null: there is none yet. */
  apiKey: () => string | null;
  timeoutMs?: number;
};

/**
 * Asks a self-hosted Helicone of the pinned version, by the endpoints that exist there. Every method throws DomainError
 * "unavailable" with a reason when it could not be asked or did not understand.
 */
export function createHeliconeClient({ url, apiKey, timeoutMs = 15_000 }: HeliconeClientOptions) {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const key = apiKey();
    if (key === null) throw unavailable("There is no key for Helicone yet. `npm run helicone:bootstrap` sets it up.");
    const headers = { authorization: `Bearer ${key}` };
    return readAnswer(await askHelicone({ method: "POST", url: url + path, headers, body, timeoutMs }));
  };

  return {
    /**
     * The rows of a page, newest first. An empty page is no proof that there is nothing: a dead ClickHouse gives it too.
     * One request id can be in two rows.
     */
    async queryRows(filter: HeliconeFilter, page: { offset: number; limit: number }): Promise<HeliconeRow[]> {
      const body = { filter, ...page, sort: { created_at: "desc" } };
      return parseList(rowShape, await post("/v1/request/query-clickhouse", body)).map(toRow);
    },

    /** Costs by UTC day or hour, zero-filled; Helicone gives one bucket more than asked for. Fails while ClickHouse is down. */
    async costsOverTime(filter: HeliconeFilter, period: Span, step: "day" | "hour"): Promise<CostBucket[]> {
      const timeFilter = { start: toSeconds(period.start), end: toSeconds(period.end) };
      const body = { userFilter: filter, timeFilter, dbIncrement: step, timeZoneDifference: 0 };
      const buckets = parseList(bucketShape, await post("/v1/pi/costs-over-time/query", body));
      return buckets
        .map((bucket) => ({ start: bucket.created_at_trunc, costNanoUsd: bucket.cost }))
        .filter(({ start }) => start < period.end);
    },

    /** The dearest values of a property, e.g. agents; at most ten and "Other". Fails while ClickHouse does not answer. */
    async topCosts(property: string, period: Span): Promise<{ value: string; costNanoUsd: NanoUsd }[]> {
      const timeFilter = { start: toSeconds(period.start), end: toSeconds(period.end) };
      const path = `/v1/property/${encodeURIComponent(property)}/top-costs/query`;
      const top = parseList(topCostShape, await post(path, { timeFilter }));
      return top.map(({ value, cost }) => ({ value, costNanoUsd: cost }));
    },

    /** Saves a filter and gives its id, which pages of the dashboard take as `filter_id`. */
    async saveFilter(name: string, filter: unknown): Promise<string> {
      const saved = z.object({ id: z.string() }).safeParse(await post("/v1/filter", { name, filter }));
      if (!saved.success) throw unavailable("Helicone did not say which filter it saved.");
      return saved.data.id;
    },

    /** Whether its API process is there, nothing more: it says so even while all of its databases are down. */
    async isAlive(): Promise<boolean> {
      try {
        const answer = await askHelicone({ method: "GET", url: `${url}/healthcheck`, timeoutMs });
        return answer.status === 200 && answer.contentType.includes("json");
      } catch {
        return false;
      }
    },
  };
}

/** An instant as the API was recorded to take it: whole seconds of UTC. */
export function toSeconds(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}

/** The rows of a period of whole seconds. */
export function createdWithin({ start, end }: Span): HeliconeFilter {
  const created = (condition: Record<string, string>): HeliconeFilter => ({
    request_response_rmt: { request_created_at: condition },
  });
  return { operator: "and", left: created({ gte: toSeconds(start) }), right: created({ lt: toSeconds(end) }) };
}

/** The rows of an agent. Helicone keeps names of properties in lower case. */
export function ofAgent(agentName: string): HeliconeFilter {
  return { request_response_rmt: { properties: { "agent-name": { equals: agentName } } } };
}

function parseList<T>(shape: z.ZodType<T>, value: unknown): T[] {
  const parsed = z.array(shape).safeParse(value);
  if (!parsed.success) throw unavailable("Helicone's answer is not as this version was recorded to answer.");
  return parsed.data;
}

function toRow(row: z.infer<typeof rowShape>): HeliconeRow {
  const properties = row.request_properties ?? {};
  return {
    requestId: row.request_id,
    createdAt: row.request_created_at,
    status: row.response_status,
    model: row.request_model ?? "",
    agentName: properties["agent-name"] ?? null,
    userId: row.request_user_id ?? "",
    sessionId: properties["Helicone-Session-Id"] ?? null,
    costNanoUsd: row.cost,
    inputTokens: row.prompt_tokens,
    outputTokens: row.completion_tokens,
    cacheReadInputTokens: row.prompt_cache_read_tokens,
    cacheCreationInputTokens: row.prompt_cache_write_tokens,
    bodyUrl: row.signed_body_url ?? null,
  };
}
