import { type Plan, type Scenario, scenariosOf } from "./bench-plan.ts";
import { type Tally, takeTurn } from "./take-turn.ts";
import type { Rig, TargetName } from "./targets.ts";
import type { Turn } from "./turn.ts";

/** The turns of every target in one scenario, round by round. */
export type Measurement = { scenario: Scenario; turns: Partial<Record<TargetName, Turn[]>> };

const NO_LIMIT = 1_000_000;

/**
 * Measures every scenario in several rounds. Within a round the targets take their turns one right after the
 * other, each round beginning with another one, so that what disturbs the machine disturbs them all.
 */
export async function runRounds(rig: Rig, plan: Plan, tally: Tally): Promise<Measurement[]> {
  const measurements: Measurement[] = scenariosOf(plan).map((scenario) => ({ scenario, turns: {} }));
  for (let round = 0; round < plan.rounds; round += 1) {
    const first = round % rig.targets.length;
    const inTurn = [...rig.targets.slice(first), ...rig.targets.slice(0, first)];
    for (const { scenario, turns } of measurements) {
      for (const target of inTurn) {
        const { turnMs: durationMs, turnCallsMin: callsMin } = plan;
        const turn = await takeTurn(rig, tally, { target, scenario, durationMs, callsMin, callsMax: NO_LIMIT });
        turns[target.name] = [...(turns[target.name] ?? []), turn];
      }
    }
  }
  return measurements;
}

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

const WARM_UP = [
  { body: "small", answer: "json", share: 0.6 },
  { body: "small", answer: "sse", share: 0.25 },
  { body: "large", answer: "json", share: 0.15 },
] as const;
