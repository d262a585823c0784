import { type Plan, ROUNDS_MIN, type Scenario, scenariosOf } from "./bench-plan.ts";
import { type Tally, takeTurn } from "./take-turn.ts";
import type { Rig, TargetName } from "./targets.ts";
import type { Turn } from "./turn.ts";

/** The turns of every target in one scenario, round by round. */
export type Measurement = { scenario: Scenario; turns: Partial<Record<TargetName, Turn[]>> };

const NO_LIMIT = 1_000_000;
/** Also where calls are slow, a turn has more than one. */
const TURN_CALLS_MIN = 3;

/**
 * Measures every scenario in several rounds. Within a round the targets take their turns one right after the
 * other, each round beginning with another one, so that what disturbs the machine disturbs them all.
 */
export async function runRounds(rig: Rig, plan: Plan, tally: Tally): Promise<Measurement[]> {
  const measurements: Measurement[] = scenariosOf(plan).map((scenario) => ({ scenario, turns: {} }));
  const beganAtMs = performance.now();
  for (let round = 0; round < plan.roundsMax; round += 1) {
    const elapsedMs = performance.now() - beganAtMs;
    const isTimeLeft = (elapsedMs * (round + 1)) / Math.max(1, round) <= plan.roundsMs;
    if (round >= ROUNDS_MIN && !isTimeLeft) break;
    await runRound(rig, { plan, tally, measurements, round });
  }
  return measurements;
}

type Round = { plan: Plan; tally: Tally; measurements: readonly Measurement[]; round: number };

async function runRound(rig: Rig, { plan, tally, measurements, round }: Round): Promise<void> {
  const first = round % rig.targets.length;
  const inTurn = [...rig.targets.slice(first), ...rig.targets.slice(0, first)];
  for (const { scenario, turns } of measurements) {
    const durationMs = scenario.concurrency === 1 ? plan.turnMs.one : plan.turnMs.many;
    const limits = { durationMs, callsMin: TURN_CALLS_MIN, callsMax: NO_LIMIT };
    for (const target of inTurn) {
      const turn = await takeTurn(rig, tally, { target, scenario, ...limits });
      turns[target.name] = [...(turns[target.name] ?? []), turn];
    }
  }
}

const WARM_UP = [
  { body: "small", answer: "json", share: 0.6 },
  { body: "small", answer: "sse", share: 0.25 },
  { body: "large", answer: "json", share: 0.15 },
] as const;

/** Calls that are not measured: programs are compiled while they run. */
export async function warmUp(rig: Rig, plan: Plan, tally: Tally): Promise<void> {
  for (const target of rig.targets) {
    for (const { body, answer, share } of WARM_UP) {
      const calls = Math.ceil(plan.warmUpCalls * share);
      const scenario = { body, answer, concurrency: 10 };
      await takeTurn(rig, tally, { target, scenario, durationMs: 0, callsMin: calls, callsMax: calls });
    }
  }
}
