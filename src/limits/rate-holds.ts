import type { Clock } from "#limits/turns.ts";

/** So long a call that comes a moment too early is held instead of being sent away. */
export const RATE_HOLD_MS = 2_000;

/** What waits is held in memory: more calls than these come back instead. */
const HELD_MAX = 1_000;
/** When a place is free again, whoever came first has it, and most of the others have waited in vain. */
const HELD_OF_AN_AGENT_MAX = 16;

/** What became of a call that asked again; `waitMs` null: it is not too fast any more. */
export type AskedAgain<Outcome> = { outcome: Outcome; waitMs: number | null };

export type RateHolds<Outcome> = {
  /** Holds a call for so long and asks again; null: it would take too long, or too many are held already. */
  hold(call: HeldCall<Outcome>): { turn: Promise<Outcome>; leave(): void } | null;
  /** How many are held now. */
  held(): number;
};

export type HeldCall<Outcome> = { agentId: number; waitMs: number; askAgain(): AskedAgain<Outcome> };

/** Holds calls for the moment that their agent's rate keeps them from passing, each for `RATE_HOLD_MS` at the most. */
export function createRateHolds<Outcome>(clock: Clock): RateHolds<Outcome> {
  const heldOf = new Map<number, number>();
  let held = 0;
  const count = (agentId: number, change: 1 | -1) => {
    held += change;
    const left = (heldOf.get(agentId) ?? 0) + change;
    if (left > 0) heldOf.set(agentId, left);
    else heldOf.delete(agentId);
  };

  return {
    held: () => held,
    hold({ agentId, waitMs, askAgain }) {
      if (waitMs > RATE_HOLD_MS || held >= HELD_MAX) return null;
      if ((heldOf.get(agentId) ?? 0) >= HELD_OF_AN_AGENT_MAX) return null;
      const untilMs = clock.nowMs() + RATE_HOLD_MS;
      let isOver = false;
      let cancel: () => void = () => undefined;
      const finish = () => {
        cancel();
        if (!isOver) count(agentId, -1);
        isOver = true;
      };
      count(agentId, 1);
      const turn = new Promise<Outcome>((resolve) => {
        const ask = () => {
          const again = askAgain();
          if (again.waitMs !== null && clock.nowMs() + again.waitMs <= untilMs) {
            cancel = clock.after(again.waitMs, ask);
            return;
          }
          finish();
          resolve(again.outcome);
        };
        cancel = clock.after(waitMs, ask);
      });
      return { turn, leave: finish };
    },
  };
}
