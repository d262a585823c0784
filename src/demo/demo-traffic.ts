import { setTimeout as sleep } from "node:timers/promises";

import type { DemoAgent } from "#demo/demo-agent.ts";
import { type LiveOutcome, makeLiveCall } from "#demo/live-call.ts";
import { createRandom, type Random } from "#demo/seeded-random.ts";
import { planSession, type WorkStyle } from "#demo/session-plan.ts";
import type { Log } from "#log.ts";

export type TrafficOptions = {
  gatewayUrl: string;
  agents: readonly (Pick<DemoAgent, "name" | "work"> & { virtualKey: string })[];
  log: Log;
  /** Ends the traffic. */
  signal: AbortSignal;
  /** Another seed, other sessions. */
  seed: string;
  /** How much faster than people see it; 1 in the demo. The bound on calls per second holds at any speed. */
  speed: number;
};

/** At most two calls a second, whatever the agents have in mind. */
const MS_BETWEEN_CALLS = 500;

/** Until an agent's next session, in seconds, by how its last one ended. */
const SECONDS_BEFORE_NEXT: Record<LiveOutcome, number> = {
  answered: 30,
  interrupted: 30,
  failed: 15,
  refused: 150,
  unknown_key: 60,
  unreachable: 4,
};

type Worker = Pick<TrafficOptions, "gatewayUrl" | "log" | "signal" | "speed"> & {
  agentName: string;
  virtualKey: string;
  style: WorkStyle;
  random: Random;
  waitForTurn: () => Promise<void>;
};

/**
 * Lets the demo's agents work through the gateway until `signal` is aborted: session after session, a call every few seconds. A
 * gateway that is away is waited for; an agent that is refused tries again after a while, as a scheduler would.
 */
export async function runDemoTraffic({ agents, seed, ...options }: TrafficOptions): Promise<void> {
  const waitForTurn = createTurns(options.signal);
  const workers = agents.flatMap(({ name, virtualKey, work }): Worker[] => {
    const random = createRandom(`${seed} ${name}`);
    return work === null ? [] : [{ ...options, agentName: name, virtualKey, style: work.live, random, waitForTurn }];
  });
  await Promise.all(workers.map((worker) => workUntilStopped(worker)));
}

async function workUntilStopped(worker: Worker): Promise<void> {
  const { random, log, signal } = worker;
  await pause(worker, random.int(1, 8));
  while (!signal.aborted) {
    const outcome = await runSession(worker);
    if (outcome === "unreachable" || outcome === "unknown_key") {
      log.warn({ agent: worker.agentName, outcome }, "A demo agent's call did not get through; it will try again");
    }
    await pause(worker, random.around(SECONDS_BEFORE_NEXT[outcome]));
  }
}

/** Makes a session's calls when they are due. Ends early when one does not pass, and says how it ended. */
async function runSession(worker: Worker): Promise<LiveOutcome> {
  const { virtualKey, gatewayUrl, signal } = worker;
  const session = planSession(worker.style, worker.random);
  const startedAtMs = performance.now();
  let outcome: LiveOutcome = "answered";
  const running: Promise<void>[] = [];
  for (const [ordinal, call] of session.calls.entries()) {
    const lateMs = (performance.now() - startedAtMs) * worker.speed - call.offsetMs;
    await pause(worker, Math.max(0, -lateMs) / 1_000);
    await worker.waitForTurn();
    if (signal.aborted || endsSession(outcome)) break;
    const caller = { virtualKey, sessionId: session.sessionId, ordinal };
    const made = makeLiveCall(call, caller, { gatewayUrl, signal });
    running.push(
      made.then((result) => {
        if (!endsSession(outcome)) outcome = result;
      }),
    );
  }
  await Promise.all(running);
  return outcome;
}

function endsSession(outcome: LiveOutcome): boolean {
  return outcome === "refused" || outcome === "unknown_key" || outcome === "unreachable";
}

/** Resolves early when the traffic ends. */
async function pause({ signal, speed }: Worker, seconds: number): Promise<void> {
  await sleep((seconds * 1_000) / speed, undefined, { signal }).catch(() => undefined); // aborted: the caller looks
}

/** Gives one caller after the other its turn. */
function createTurns(signal: AbortSignal): () => Promise<void> {
  let nextAtMs = 0;
  return async () => {
    const atMs = Math.max(performance.now(), nextAtMs);
    nextAtMs = atMs + MS_BETWEEN_CALLS;
    await sleep(atMs - performance.now(), undefined, { signal }).catch(() => undefined);
  };
}
