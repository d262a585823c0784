/** How often a value fell under each bound, as Prometheus and OpenTelemetry count it. */
export type Histogram = {
  /** Counts a finite value. Allocates nothing. */
  observe(value: number): void;
  read(): HistogramReading;
};

/** `counts[i]`: values up to `bounds[i]` and above the bound before it; the last count is of those above all bounds. */
export type HistogramReading = { bounds: readonly number[]; counts: readonly number[]; sum: number; count: number };

/** `bounds` are in ascending order; a value equal to a bound lies under it. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  let count = 0;
  return {
    observe(value) {
      let at = 0;
      while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1;
      counts[at] = (counts[at] ?? 0) + 1;
      sum += value;
      count += 1;
    },
    read: () => ({ bounds, counts: [...counts], sum, count }),
  };
}
