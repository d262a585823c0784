/** What is counted by bins. `latency`: from the request to the end of the answer. `first_byte`: to its beginning. */
export const DURATION_METRICS = ["latency", "first_byte"] as const;
export type DurationMetric = (typeof DURATION_METRICS)[number];

/** How many calls fell into a bin. */
export type BinCount = { bin: number; calls: number };

/**
 * The lower bounds of the bins 1, 2, …, in milliseconds; bin 0 is what was shorter than the first. Each is a quarter more than the one
 * before. The database counts by the same ones (`duration_bin` in prisma/migrations/0005_analytics).
 */
export const BIN_BOUNDS_MS: readonly number[] = [
  10, 13, 16, 20, 24, 31, 38, 48, 60, 75, 93, 116, 146, 182, 227, 284, 355, 444, 555, 694, 867, 1084, 1355, 1694, 2118,
  2647, 3309, 4136, 5170, 6462, 8078, 10097, 12622, 15777, 19722, 24652, 30815, 38519, 48148, 60185, 75232, 94040,
  117549, 146937, 183671, 229589, 286986, 358732, 448416, 560519,
];

/**
 * The duration, in milliseconds, that the share of the calls stayed within, read from their bins: the upper bound of the bin that the
 * call in question is in, so it is never too short, and at most some quarter too long. Null: no calls. Above the last
 * bound nothing more is known, and that bound is given.
 */
export function durationAt(share: number, counts: readonly BinCount[]): number | null {
  const sorted = counts.filter(({ calls }) => calls > 0).toSorted((a, b) => a.bin - b.bin);
  const total = sorted.reduce((sum, { calls }) => sum + calls, 0);
  const wanted = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (const { bin, calls } of sorted) {
    seen += calls;
    if (seen >= wanted) return BIN_BOUNDS_MS[Math.min(bin, BIN_BOUNDS_MS.length - 1)] ?? null;
  }
  return null;
}
