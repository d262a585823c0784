/** One value of a series, in whole units of its measure. Instants are Unix nanoseconds. */
export type SeriesPoint = {
  /** cumulative: the amount since `start`. delta: the amount between `start` and `time`. */
  temporality: "delta" | "cumulative";
  start: bigint;
  time: bigint;
  amount: bigint;
};

/** How far a series has been counted. `windows`: of a delta, the latest [start, end] that were counted. */
export type SeriesState = { time: bigint; amount: bigint; windows: readonly (readonly [bigint, bigint])[] };

export const NEW_SERIES: SeriesState = { time: 0n, amount: 0n, windows: [] };

/** Processes that resume one session side by side report into the same series; each has windows of its own. */
export const WINDOWS_MAX = 64;

/**
 * What a point adds to what was counted of its series, and the series afterwards. The same point again adds nothing, in whatever
 * order points come. A cumulative series that falls has begun again. Pure.
 */
export function countPoint(state: SeriesState, point: SeriesPoint): { added: bigint; state: SeriesState } {
  return point.temporality === "cumulative" ? countTotal(state, point) : countWindow(state, point);
}

function countTotal(state: SeriesState, { time, amount }: SeriesPoint) {
  if (time <= state.time) return { added: 0n, state };
  const added = amount >= state.amount ? amount - state.amount : amount;
  return { added, state: { ...state, time, amount } };
}

function countWindow(state: SeriesState, { start, time, amount }: SeriesPoint) {
  const { windows } = state;
  if (windows.some((window) => window[0] === start && window[1] === time)) return { added: 0n, state };
  const oldest = windows[0];
  // Older than all that are remembered: whether it was counted cannot be told any more.
  if (windows.length >= WINDOWS_MAX && oldest !== undefined && time <= oldest[1]) return { added: 0n, state };
  const next = [...windows, [start, time] as const].toSorted(([, a], [, b]) => Number(a - b));
  return { added: amount, state: { ...state, windows: next.slice(-WINDOWS_MAX) } };
}
