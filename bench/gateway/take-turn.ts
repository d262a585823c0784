import type { Scenario } from "./bench-plan.ts";
import { processorMicroseconds } from "./process-usage.ts";
import type { Rig, Target, TargetName } from "./targets.ts";
import type { Turn } from "./turn.ts";

/** What all turns have come to so far. */
export type Tally = {
  /** Calls that the gateway answered; so many the ledger must hold. */
  gatewayAnswered: number;
  failed: Partial<Record<TargetName, { calls: number; first: string }>>;
  /** The longest that the ledger took to catch up with the answers after a turn. */
  slowestDrainMs: number;
};

export function createTally(): Tally {
  return { gatewayAnswered: 0, failed: {}, slowestDrainMs: 0 };
}

type TurnOf = { target: Target; scenario: Scenario; durationMs: number; callsMin: number; callsMax: number };

/** Lets one target take one turn, and the ledger catch up with it, so that the next turn is nobody else's. */
export async function takeTurn(rig: Rig, tally: Tally, { target, ...order }: TurnOf): Promise<Turn> {
  rig.signal.throwIfAborted();
  const cpuBeforeUs = await processorMicroseconds(target.pid);
  const turn = await rig.load.run({ to: target.to, ...order });
  if (turn.failed > 0) {
    const before = tally.failed[target.name];
    const first = before?.first ?? turn.firstFailure ?? "";
    tally.failed[target.name] = { calls: (before?.calls ?? 0) + turn.failed, first };
  }
  if (target.name === "gateway") {
    tally.gatewayAnswered += turn.answered;
    tally.slowestDrainMs = Math.max(tally.slowestDrainMs, await rig.gateway.drained(tally.gatewayAnswered));
  }
  const cpuAfterUs = await processorMicroseconds(target.pid);
  return { ...turn, cpuUs: cpuBeforeUs === null || cpuAfterUs === null ? null : cpuAfterUs - cpuBeforeUs };
}
