import { type DurationMetric, durationAt } from "#domain/duration-bins.ts";
import type { Span } from "#domain/period.ts";
import type { CallDurationsStore, DurationPart } from "#ledger/call-durations-store.ts";

/** In milliseconds, each at most a quarter too long; null: no calls. */
export type DurationShares = { p50: number | null; p90: number | null; p99: number | null };

/** How long the completed calls of one part of the span took. */
export type DurationStep = { start: Date; calls: number } & Record<DurationMetric, DurationShares>;

export type DurationReport = {
  /** How long a step is, in milliseconds. */
  stepMs: number;
  /** Every step of the span, oldest first, those without calls included. */
  steps: DurationStep[];
  whole: Record<DurationMetric, DurationShares>;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Up to this the calls of some agents are counted one by one, by the hour. */
const SHORT_MS = 2 * DAY_MS + HOUR_MS;
const MIDDLE_MS = 14 * DAY_MS;

export type CallDurations = ReturnType<typeof createCallDurations>;

/** Percentiles of how long calls took, over time. The caller has made sure that the person may see these agents. */
export function createCallDurations(store: CallDurationsStore) {
  return {
    /** `agentIds` null: the calls of all agents. */
    async over(agentIds: readonly number[] | null, span: Span): Promise<DurationReport> {
      const stepMs = stepOf(agentIds, span);
      const isCounted = agentIds !== null && stepMs < DAY_MS;
      const set = { agentIds, span, stepMs };
      const parts = await (isCounted ? store.fromCalls(set) : store.fromSums(set));
      return { stepMs, steps: stepsOf(span, stepMs, parts), whole: sharesOf(parts) };
    },
  };
}

function stepOf(agentIds: readonly number[] | null, span: Span): number {
  const length = span.end.getTime() - span.start.getTime();
  if (length <= SHORT_MS) return HOUR_MS;
  return agentIds === null && length <= MIDDLE_MS ? 6 * HOUR_MS : DAY_MS;
}

function stepsOf(span: Span, stepMs: number, parts: readonly DurationPart[]): DurationStep[] {
  const byStart = new Map<number, DurationPart[]>();
  for (const part of parts) {
    const at = part.start.getTime();
    const known = byStart.get(at);
    if (known) known.push(part);
    else byStart.set(at, [part]);
  }
  const steps: DurationStep[] = [];
  const first = Math.floor(span.start.getTime() / stepMs) * stepMs;
  for (let at = first; at < span.end.getTime(); at += stepMs) {
    const inStep = byStart.get(at) ?? [];
    const calls = inStep.filter(({ metric }) => metric === "latency").reduce((sum, part) => sum + part.calls, 0);
    steps.push({ start: new Date(at), calls, ...sharesOf(inStep) });
  }
  return steps;
}

function sharesOf(parts: readonly DurationPart[]): Record<DurationMetric, DurationShares> {
  const shares = (wanted: DurationMetric): DurationShares => {
    const counts = totals(parts.filter(({ metric }) => metric === wanted));
    return { p50: durationAt(0.5, counts), p90: durationAt(0.9, counts), p99: durationAt(0.99, counts) };
  };
  return { latency: shares("latency"), first_byte: shares("first_byte") };
}

function totals(parts: readonly DurationPart[]) {
  const byBin = new Map<number, number>();
  for (const { bin, calls } of parts) byBin.set(bin, (byBin.get(bin) ?? 0) + calls);
  return [...byBin].map(([bin, calls]) => ({ bin, calls }));
}
