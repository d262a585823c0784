const WHOLE = new Intl.NumberFormat("en-US");
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** A count as people read it: "12,345". */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** A count where room is short: "12.3K", "1.2M". Below 10,000 it stays exact. */
export function formatCompactCount(count: number): string {
  return count < 10_000 ? formatCount(count) : COMPACT.format(count);
}

/** A count with its noun: "1 call", "2,340 calls". */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The share of `part` in `whole` in percent, with one decimal below ten ("0.4 %", "62 %"); "0 %" of nothing. */
export function formatShare(part: bigint | number, whole: bigint | number): string {
  const percent = shareOf(part, whole) * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.1) return "< 0.1 %";
  return percent < 9.95 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}

/** The share of `part` in `whole`, 0 to 1, for drawing only: figures are formatted from the exact amounts. */
export function shareOf(part: bigint | number, whole: bigint | number): number {
  const total = Number(whole);
  return total === 0 ? 0 : Math.min(1, Number(part) / total);
}

/** A duration: "850 ms", "12.4 s", "3 min 05 s". */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 99_950) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
