import type { Scenario } from "./bench-plan.ts";
import type { Measurement } from "./rounds.ts";
import type { TargetName } from "./targets.ts";
import type { Turn } from "./turn.ts";

/** What one target did in one scenario. Times are in milliseconds; null: not measured, or nothing to compare with. */
export type Figures = {
  target: TargetName;
  requestsPerSecond: number | null;
  p50: number | null;
  p99: number | null;
  firstByteP50: number | null;
  /** Over the direct call. */
  added: { p50: number | null; p99: number | null; firstByteP50: number | null };
  /** Requests/s as a share of the pipe's, and as a multiple of Portkey's. */
  ofPipe: number | null;
  timesPortkey: number | null;
  /** Processor time of the target's process for one call, in microseconds. */
  cpuUs: number | null;
};

export type ScenarioFigures = { scenario: Scenario; figures: Figures[] };

/**
 * Sums up the rounds of a scenario. A target's median and its requests/s are those of its best round: what else
 * the machine does can only slow it down, and in the best round did so least. The 99th percentile is the median
 * of the rounds'.
 */
export function toFigures({ scenario, turns }: Measurement): ScenarioFigures {
  const own = Object.entries(turns).map(([target, taken]) => ({ ...sumUp(taken), target: target as TargetName })); // keys of the record
  const of = (name: TargetName) => own.find((candidate) => candidate.target === name);
  const [direct, pipe, portkey] = [of("direct"), of("pipe"), of("portkey")];
  const figures = own.map((target) => ({
    ...target,
    added: {
      p50: difference(target.p50, direct?.p50),
      p99: difference(target.p99, direct?.p99),
      firstByteP50: difference(target.firstByteP50, direct?.firstByteP50),
    },
    ofPipe: ratio(target.requestsPerSecond, pipe?.requestsPerSecond),
    timesPortkey: ratio(target.requestsPerSecond, portkey?.requestsPerSecond),
  }));
  return { scenario, figures };
}

/** How much slower the direct call was in the middle round than in the best one, at the worst; 1 on a quiet machine. */
export function noiseOf(measurements: readonly Measurement[]): number {
  const noises = measurements.map(({ turns }) => {
    const medians = answeredOf(turns.direct ?? []).map((turn) => turn.latency.p50);
    return (median(medians) ?? 1) / (lowest(medians) ?? 1);
  });
  return Math.max(1, ...noises);
}

function sumUp(turns: readonly Turn[]) {
  const answered = answeredOf(turns);
  const calls = answered.reduce((sum, turn) => sum + turn.answered, 0);
  const cpuUs = answered.reduce((sum, turn) => sum + (turn.cpuUs ?? Number.NaN), 0);
  return {
    requestsPerSecond: highest(answered.map((turn) => (turn.answered / turn.elapsedMs) * 1000)),
    p50: lowest(answered.map((turn) => turn.latency.p50)),
    p99: median(answered.map((turn) => turn.latency.p99)),
    firstByteP50: lowest(answered.map((turn) => turn.firstByte.p50)),
    cpuUs: Number.isNaN(cpuUs) || calls === 0 ? null : cpuUs / calls,
  };
}

function answeredOf(turns: readonly Turn[]): Turn[] {
  return turns.filter((turn) => turn.answered > 0);
}

/** The smallest value; null of none. */
export function lowest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

function highest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

/** The middle value; of an even number of values the lower of the two. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}

function difference(value: number | null, from: number | null | undefined): number | null {
  return value === null || from === null || from === undefined ? null : value - from;
}

function ratio(value: number | null, of: number | null | undefined): number | null {
  return value === null || of === null || of === undefined ? null : value / of;
}
