import type { AdmissionTime } from "./admission-time.ts";
import type { RealRun } from "./real-gateway.ts";
import type { Row } from "./rows.ts";

/** One line of what admission has to reach. */
export type ReachLine = { what: string; figure: string; pass: boolean };

export type Results = { rows: readonly Row[]; real: readonly RealRun[]; admission: AdmissionTime };

const WITHIN_ONE_CALL_MIN = 0.99;
const TIMES_GUARANTEED_MIN = 5;
const ADMISSION_P99_US_MAX = 50;

/** Holds the results against what admission has to reach. Extreme traffic is shown, not held against it. */
export function judge({ rows, real, admission }: Results): ReachLine[] {
  const ours = rows.filter(({ door }) => door === "expected" || door === "guaranteed");
  return [
    falseRefusalsLine(ours),
    guaranteedLine(ours),
    expectedLine(ours, "independent"),
    expectedLine(ours, "changing"),
    throughputLine(ours),
    realLine(real),
    {
      what: `admission with ${admission.agents} agents and ${admission.pools} pools: p99 <= ${ADMISSION_P99_US_MAX} us`,
      figure: `p50 ${admission.p50Us.toFixed(1)} us, p99 ${admission.p99Us.toFixed(1)} us over ${admission.calls} calls`,
      pass: admission.p99Us <= ADMISSION_P99_US_MAX,
    },
  ];
}

function falseRefusalsLine(ours: readonly Row[]): ReachLine {
  const most = ours.reduce((max, row) => Math.max(max, row.falseRefusals), 0);
  return {
    what: "no call is refused before the limit is reached, in every row of both modes",
    figure: `${most} in the worst of ${ours.length} rows`,
    pass: ours.length > 0 && most === 0,
  };
}

function guaranteedLine(ours: readonly Row[]): ReachLine {
  const rows = ours.filter(({ door }) => door === "guaranteed");
  const most = rows.reduce((max, row) => Math.max(max, row.overshootCallsMax), 0);
  return {
    what: "guaranteed: overshoot of at most one call's cost, in every row",
    figure: `${most.toFixed(2)} of a call in the worst of ${rows.length} rows`,
    pass: rows.length > 0 && most <= 1,
  };
}

function expectedLine(ours: readonly Row[], kind: Row["kind"]): ReachLine {
  const rows = ours.filter((row) => row.door === "expected" && row.kind === kind);
  const shares = rows.map((row) => row.withinOneCall / row.runs);
  const least = Math.min(1, ...shares);
  return {
    what: `expected, ${kind} costs: overshoot of at most one call's cost in >= ${WITHIN_ONE_CALL_MIN * 100} % of the runs`,
    figure: `${(least * 100).toFixed(1)} % in the worst of ${rows.length} rows`,
    pass: rows.length > 0 && least >= WITHIN_ONE_CALL_MIN,
  };
}

/** With one call at a time there is nothing to gain; with ten, calls that grow dear leave too few to the budget. */
function throughputLine(ours: readonly Row[]): ReachLine {
  const isCompared = (row: Row) =>
    row.kind !== "extreme" && (row.parallel >= 100 || (row.parallel >= 10 && row.kind === "independent"));
  const times = ours
    .filter((row) => row.door === "expected" && isCompared(row))
    .map((row) => {
      const beside = ours.find(
        ({ door, traffic, parallel, agents }) =>
          door === "guaranteed" && traffic === row.traffic && parallel === row.parallel && agents === row.agents,
      );
      return beside === undefined ? 0 : row.sharedCallsPerSecond / beside.sharedCallsPerSecond;
    });
  const least = Math.min(...times);
  return {
    what: `expected: calls per second >= ${TIMES_GUARANTEED_MIN} times those of guaranteed, from 10 in parallel on (suddenly dearer ones: from 100)`,
    figure: `${least.toFixed(1)} times in the slowest of ${times.length} rows`,
    pass: times.length > 0 && least >= TIMES_GUARANTEED_MIN,
  };
}

function realLine(real: readonly RealRun[]): ReachLine {
  const told = real.map(
    (run) => `${run.mode}: ${run.falseRefusals} false refusals, overshoot ${run.overshootCalls.toFixed(2)} of a call`,
  );
  return {
    what: "the real process, 100 clients over HTTP: no false refusal, overshoot of at most one call's cost",
    figure: told.join("; "),
    pass: real.length === 2 && real.every((run) => run.falseRefusals === 0 && run.overshootCalls <= 1),
  };
}
