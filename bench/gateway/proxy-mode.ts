import { type Plan, ROUNDS_MIN, type Scenario } from "./bench-plan.ts";
import { lowest } from "./figures.ts";
import { type Tally, takeTurn } from "./take-turn.ts";
import type { Rig } from "./targets.ts";
import type { ObservedTurn } from "./turn.ts";

/** Medians of the best rounds in milliseconds, without and with proxy mode; of whole answers, or of first bytes of streams. */
export type ProxyFigures = { scenario: Scenario; straight: number | null; proxied: number | null };

const SCENARIOS: readonly Scenario[] = [
  { body: "small", answer: "json", concurrency: 1 },
  { body: "large", answer: "json", concurrency: 1 },
  { body: "small", answer: "sse", concurrency: 1 },
];
/** The difference is far smaller than what the machine does by itself, so that it takes many short turns. */
const ROUNDS_MAX = 7;
const WARM_UP_CALLS = 400;

/** Calls the gateway that goes straight and the one in proxy mode in alternating turns; the upstream takes the same time for both. */
export async function measureProxyMode(rig: Rig, plan: Plan, tally: Tally): Promise<ProxyFigures[]> {
  const straight = rig.targets.find(({ name }) => name === "gateway");
  if (straight === undefined) throw new Error("The gateway is no target");
  let answered = 0;
  const callProxied = async (scenario: Scenario, limits: Limits): Promise<ObservedTurn> => {
    rig.signal.throwIfAborted();
    const turn = await rig.load.run({ to: rig.proxied.to, scenario, ...limits });
    if (turn.failed > 0) throw new Error(`A call in proxy mode failed: ${turn.firstFailure}`);
    answered += turn.answered;
    await rig.proxied.gateway.drained(answered);
    return turn;
  };
  const callStraight = (scenario: Scenario, limits: Limits) =>
    takeTurn(rig, tally, { target: straight, scenario, ...limits });

  for (const scenario of SCENARIOS) {
    await callProxied(
      { ...scenario, concurrency: 10 },
      { durationMs: 0, callsMin: WARM_UP_CALLS, callsMax: WARM_UP_CALLS },
    );
  }
  const limits = { durationMs: plan.turnMs.one, callsMin: ROUNDS_MIN, callsMax: Number.MAX_SAFE_INTEGER };
  const taken = SCENARIOS.map((scenario) => ({ scenario, straight: [] as number[], proxied: [] as number[] }));
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    for (const { scenario, straight: ours, proxied } of taken) {
      const turns = [
        async () => ours.push(timeOf(scenario, await callStraight(scenario, limits))),
        async () => proxied.push(timeOf(scenario, await callProxied(scenario, limits))),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
    }
  }
  return taken.map(({ scenario, ...times }) => ({
    scenario,
    straight: lowest(times.straight),
    proxied: lowest(times.proxied),
  }));
}

type Limits = { durationMs: number; callsMin: number; callsMax: number };

function timeOf({ answer }: Scenario, { latency, firstByte }: ObservedTurn): number {
  return answer === "sse" ? firstByte.p50 : latency.p50;
}
