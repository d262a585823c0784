import type { Scenario } from "./bench-plan.ts";

/** Where a turn's calls go. */
export type Address = {
  url: string;
  path: string;
  /** Beside the headers of Claude Code. */
  headers: Record<string, string>;
};

/** One turn of one target, as the load process is asked for it. */
export type TurnOrder = { to: Address; scenario: Scenario; durationMs: number; callsMin: number; callsMax: number };

export type Percentiles = { p50: number; p99: number };

/** What the load process saw of a turn. Times are in milliseconds. */
export type ObservedTurn = {
  /** Calls that were answered with 200 and every byte of the upstream's answer. Only these are measured. */
  answered: number;
  failed: number;
  /** What was wrong with the first failed call; null when none failed. */
  firstFailure: string | null;
  elapsedMs: number;
  latency: Percentiles;
  /** From sending the request to the first byte of the answer's body. */
  firstByte: Percentiles;
};

/** A turn with the processor time, in microseconds, that the target's process took for it; null: the system does not tell. */
export type Turn = ObservedTurn & { cpuUs: number | null };

/** The median and the 99th percentile; NaN of no values. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
