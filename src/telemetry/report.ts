import type { Amount } from "#telemetry/measures.ts";
import type { SeriesPoint } from "#telemetry/series-count.ts";

/** A point that is to be counted, once it is known how far its series has been. `series`: 32 hexadecimal digits. */
export type ReportedPoint = SeriesPoint & { series: string; measure: string; detail: string; at: Date };

/** An event that is to be counted once. `event`: 32 hexadecimal digits. */
export type ReportedEvent = {
  event: string;
  name: string;
  at: Date;
  model: string | null;
  /** nano-USD by Claude Code's reckoning. */
  cost: bigint | null;
  /** The call of the ledger that it was, where it passed the gateway. */
  callId: string | null;
  amounts: readonly Amount[];
};

/** What one export comes to. `rejected`: what can never be counted, and why; null: nothing. */
export type Report = {
  points: readonly ReportedPoint[];
  events: readonly ReportedEvent[];
  rejected: { count: number; reason: string } | null;
};

/** An export that says something else than OTLP; nothing of it was counted. */
export class MalformedExport extends Error {
  constructor() {
    super("This is not an OTLP export request.");
    this.name = "MalformedExport";
  }
}

const AHEAD_MS_MAX = 10 * 60 * 1000;
const BEHIND_MS_MAX = 7 * 24 * 60 * 60 * 1000;

/** Where an instant is counted: as it is said, but not in the future. A text instead: why it cannot be counted. */
export function countedAt(timeNano: bigint, now: Date): Date | string {
  const atMs = Number(timeNano / 1_000_000n);
  if (atMs > now.getTime() + AHEAD_MS_MAX) return "The time is in the future.";
  if (atMs < now.getTime() - BEHIND_MS_MAX) return "The time is more than seven days ago.";
  return new Date(Math.min(atMs, now.getTime()));
}

/** Unix nanoseconds, as JSON has them; null: not said, or no such number. */
export function toNano(value: string | number | undefined | null): bigint | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "number" ? value.toFixed(0) : value;
  return /^\d{1,19}$/.test(text) && BigInt(text) <= 9_223_372_036_854_775_807n ? BigInt(text) : null;
}

/** What was rejected, for these reasons: all are counted, the first is told. */
export function rejectionOf(reasons: readonly string[]): Report["rejected"] {
  const [reason] = reasons;
  return reason === undefined ? null : { count: reasons.length, reason };
}
