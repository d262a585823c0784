import { ANY_CALL, CALL_ENDS, CALL_SORTS, CALL_SPANS, type CallFilter, type CallQuery } from "#domain/call-query.ts";
import { parseUsd, toUsdText } from "#domain/money.ts";

/** Reads parts of an address. */
export type Address = { get: (name: string) => string | null };

export const FIRST_QUERY: CallQuery = { span: "7d", sort: "newest", filter: ANY_CALL };

/** How each part of the filter is called in an address. */
export const FILTER_PARTS = {
  agentName: "agent",
  ownerId: "owner",
  model: "model",
  outcome: "outcome",
  status: "status",
  sessionId: "session",
  subagentId: "subagent",
  costMin: "cost_min",
  costMax: "cost_max",
  tokensMin: "tokens_min",
  tokensMax: "tokens_max",
  latencyMinMs: "latency_min",
  latencyMaxMs: "latency_max",
} as const satisfies Record<keyof CallFilter, string>;

/** What makes up a view, in an address. The open call is no part of it. */
export const QUERY_PARTS: readonly string[] = ["span", "from", "to", "sort", ...Object.values(FILTER_PARTS)];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The view that an address asks for. What cannot be read is as if it were not there. */
export function callQueryOf(address: Address): CallQuery {
  const owner = textOf(address, "owner");
  const status = countOf(address, "status");
  return {
    span: spanOf(address),
    sort: CALL_SORTS.find((sort) => sort === address.get("sort")) ?? FIRST_QUERY.sort,
    filter: {
      agentName: textOf(address, "agent"),
      ownerId: owner !== null && UUID.test(owner) ? owner : null,
      model: textOf(address, "model"),
      outcome: CALL_ENDS.find((end) => end === address.get("outcome")) ?? null,
      status: status !== null && status >= 100 && status <= 599 ? status : null,
      sessionId: textOf(address, "session"),
      subagentId: textOf(address, "subagent"),
      costMin: parseUsd(address.get("cost_min") ?? ""),
      costMax: parseUsd(address.get("cost_max") ?? ""),
      tokensMin: countOf(address, "tokens_min"),
      tokensMax: countOf(address, "tokens_max"),
      latencyMinMs: countOf(address, "latency_min"),
      latencyMaxMs: countOf(address, "latency_max"),
    },
  };
}

/** The address of a view, after the "?"; what is as on the first visit is left out. Inverse of `callQueryOf`. */
export function callQueryText({ span, sort, filter }: CallQuery): string {
  const search = new URLSearchParams();
  if (typeof span !== "string") {
    search.set("from", span.start.toISOString());
    search.set("to", span.end.toISOString());
  } else if (span !== FIRST_QUERY.span) search.set("span", span);
  if (sort !== FIRST_QUERY.sort) search.set("sort", sort);
  for (const [key, name] of Object.entries(FILTER_PARTS)) {
    const value = filter[key as keyof CallFilter]; // Object.entries forgets what the keys are
    if (value !== null) search.set(name, typeof value === "bigint" ? toUsdText(value) : String(value));
  }
  return search.toString();
}

/** The address with another view in it: whatever else it holds stays, but no call is open. */
export function withQuery(address: string, query: CallQuery): string {
  const search = new URLSearchParams(address);
  for (const name of [...QUERY_PARTS, "call"]) search.delete(name);
  for (const [name, value] of new URLSearchParams(callQueryText(query))) search.set(name, value);
  return search.size === 0 ? "?" : `?${search}`;
}

/** The address with a call opened, or with none. */
export function withCall(address: string, requestId: string | null): string {
  const search = new URLSearchParams(address);
  if (requestId === null) search.delete("call");
  else search.set("call", requestId);
  return search.size === 0 ? "?" : `?${search}`;
}

function spanOf(address: Address): CallQuery["span"] {
  const [start, end] = [instantOf(address, "from"), instantOf(address, "to")];
  if (start !== null && end !== null && start < end) return { start, end };
  return CALL_SPANS.find((span) => span === address.get("span")) ?? FIRST_QUERY.span;
}

function instantOf(address: Address, name: string): Date | null {
  const at = new Date(address.get(name) ?? "");
  return Number.isNaN(at.getTime()) ? null : at;
}

function textOf(address: Address, name: string): string | null {
  const text = address.get(name)?.trim() ?? "";
  return text === "" || text.length > 200 ? null : text;
}

function countOf(address: Address, name: string): number | null {
  const text = address.get(name) ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
