import { CHECK_THEN_SPEND, type Door, ourDoor, RESERVE_WORST_CASE } from "./doors.ts";
import { type Run, runBudget } from "./run-budget.ts";
import { TRAFFICS, type Traffic, type TrafficKind } from "./traffic.ts";

export const LIMIT = 1_000_000_000n;
export const PARALLEL = [1, 10, 100, 300] as const;

/** One kind of traffic, as many in parallel, at one door: what many runs came to. */
export type Row = {
  traffic: string;
  kind: TrafficKind;
  parallel: number;
  agents: number;
  door: string;
  runs: number;
  calls: number;
  falseRefusals: number;
  /** Runs that overshot by no more than one call. */
  withinOneCall: number;
  overshootUsdMax: number;
  overshootCallsMax: number;
  unusedUsd: number;
  callsPerSecond: number;
  /** Of the first runs alone, which every door has: for comparisons. */
  sharedCallsPerSecond: number;
  waitMsMean: number;
  waitMsP99: number;
  triedAgain: number;
};

/** `kinds`: of which traffic. */
export type RowsPlan = { runs: number; slowRuns: number; kinds: readonly TrafficKind[] };

const NANO = 1e9;
/** One agent with many calls, or a pool of as many agents as there are calls, up to thirty. */
const AGENTS = [1, 30] as const;

/** All rows, one after the other; the runs of a row differ in their costs only, and are the same every time. */
export async function* measureRows({ runs, slowRuns, kinds }: RowsPlan): AsyncGenerator<Row> {
  for (const setting of settings().filter(({ traffic }) => kinds.includes(traffic.kind))) {
    const measure = (door: Door, count: number) => measureRow(setting, door, { runs: count, sharedRuns: slowRuns });
    yield await measure(ourDoor("expected"), runs);
    yield await measure(ourDoor("guaranteed"), slowRuns);
    if (setting.agents > 1) continue;
    yield await measure(CHECK_THEN_SPEND, slowRuns);
    yield await measure(RESERVE_WORST_CASE, slowRuns);
  }
}

function settings(): Setting[] {
  return TRAFFICS.flatMap((traffic) =>
    PARALLEL.flatMap((parallel) =>
      AGENTS.filter((agents) => agents === 1 || parallel >= 100).map((agents) => ({ traffic, parallel, agents })),
    ),
  );
}

type Setting = { traffic: Traffic; parallel: number; agents: number };

type Counts = { runs: number; sharedRuns: number };

async function measureRow(setting: Setting, door: Door, { runs, sharedRuns }: Counts): Promise<Row> {
  const results: Run[] = [];
  for (let seed = 1; seed <= runs; seed += 1) results.push(await runBudget({ ...setting, door, limit: LIMIT, seed }));
  const sum = (of: (run: Run) => number) => results.reduce((total, run) => total + of(run), 0);
  const max = (of: (run: Run) => number) => Math.max(...results.map(of));
  const waits = results.flatMap(({ waitsMs }) => waitsMs).sort((a, b) => a - b);
  return {
    traffic: setting.traffic.name,
    kind: setting.traffic.kind,
    parallel: setting.parallel,
    agents: setting.agents,
    door: door.name,
    runs,
    calls: sum(({ calls }) => calls) / runs,
    falseRefusals: sum(({ falseRefusals }) => falseRefusals) / runs,
    withinOneCall: results.filter(({ overshootCalls }) => overshootCalls <= 1).length,
    overshootUsdMax: max(({ overshoot }) => Number(overshoot) / NANO),
    overshootCallsMax: max(({ overshootCalls }) => overshootCalls),
    unusedUsd: sum(({ unused }) => Number(unused) / NANO) / runs,
    callsPerSecond: callsPerSecond(results),
    sharedCallsPerSecond: callsPerSecond(results.slice(0, sharedRuns)),
    waitMsMean: waits.reduce((total, wait) => total + wait, 0) / Math.max(1, waits.length),
    waitMsP99: waits[Math.floor(waits.length * 0.99)] ?? 0,
    triedAgain: sum(({ triedAgain }) => triedAgain) / runs,
  };
}

function callsPerSecond(runs: readonly Run[]): number {
  const total = (of: (run: Run) => number) => runs.reduce((sum, run) => sum + of(run), 0);
  return (total(({ calls }) => calls) / total(({ elapsedMs }) => elapsedMs)) * 1_000;
}
