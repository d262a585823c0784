import type { JsonObject } from "../anthropic/json.ts";
import type { LoggedRow } from "./logged-rows.ts";

const STEPS_MS: Record<string, number> = { min: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Costs by step, zero-filled, with one bucket more at the end. Steps are those of UTC. */
export function costsOverTime(
  rows: readonly LoggedRow[],
  { start, end }: JsonObject,
  increment: string,
): { created_at_trunc: string; cost: number }[] {
  const step = STEPS_MS[increment];
  if (step === undefined) throw new Error(`the stand-in has no steps of a ${increment}`);
  const [from, to] = [Date.parse(String(start)), Date.parse(String(end))];
  const buckets = new Map<number, number>();
  for (let at = Math.floor(from / step) * step; at <= to; at += step) buckets.set(at, 0);
  for (const row of within(rows, from, to)) {
    const at = Math.floor(Date.parse(row.requestCreatedAt) / step) * step;
    buckets.set(at, (buckets.get(at) ?? 0) + row.cost);
  }
  return [...buckets].map(([at, cost]) => ({ created_at_trunc: new Date(at).toISOString(), cost: cost / 1e9 }));
}

/** The ten dearest values of a property, and the rest. */
export function topCosts(
  rows: readonly LoggedRow[],
  property: string,
  { start, end }: JsonObject,
): { value: string; cost: number }[] {
  const sums = new Map<string, number>();
  for (const row of within(rows, Date.parse(String(start)), Date.parse(String(end)))) {
    const value = row.properties[property] ?? "";
    sums.set(value, (sums.get(value) ?? 0) + row.cost);
  }
  const sorted = [...sums].map(([value, cost]) => ({ value, cost: cost / 1e9 })).sort((a, b) => b.cost - a.cost);
  const rest = sorted.slice(10).reduce((sum, { cost }) => sum + cost, 0);
  return sorted.length > 10 ? [...sorted.slice(0, 10), { value: "Other", cost: rest }] : sorted;
}

/** Requests, tokens and cost by user; cache tokens are in no total. */
export function userMetrics(rows: readonly LoggedRow[], times: JsonObject): JsonObject[] {
  const from = Number(times.startTimeUnixSeconds ?? 0) * 1_000;
  const to = Number(times.endTimeUnixSeconds ?? Number.MAX_SAFE_INTEGER / 1_000) * 1_000;
  const byUser = new Map<string, LoggedRow[]>();
  for (const row of within(rows, from, to)) byUser.set(row.userId, [...(byUser.get(row.userId) ?? []), row]);
  return [...byUser].map(([user, own]) => ({
    user_id: user,
    id: user,
    active_for: "1",
    first_active: own.at(-1)?.requestCreatedAt,
    last_active: own[0]?.requestCreatedAt,
    total_requests: own.length,
    total_prompt_tokens: own.reduce((sum, row) => sum + row.promptTokens, 0),
    total_completion_tokens: own.reduce((sum, row) => sum + row.completionTokens, 0),
    cost: own.reduce((sum, row) => sum + row.cost, 0) / 1e9,
    rate_limited_count: "0",
  }));
}

function within(rows: readonly LoggedRow[], from: number, to: number): LoggedRow[] {
  return rows.filter((row) => {
    const at = Date.parse(row.requestCreatedAt);
    return at >= from && at <= to;
  });
}
