import type { ReservationMode } from "#domain/budget.ts";
import { reserve, toAmount } from "#domain/reservation.ts";
import { type Admission, createLiveAdmission, type LiveCall } from "#limits/admission.ts";
import { budgetOf } from "#testing/budgets.ts";
import type { SimulatedClock } from "#testing/simulated-clock.ts";

import { type PlannedCall, PRICES } from "./traffic.ts";

/** A call that was let through. */
export type Passage = {
  /** Its first byte, and so what its input cost, has come. */
  started(): void;
  /** So much of its output has come. */
  streamed(tokens: number): void;
  ended(): void;
};

export type Answer = Passage | "refused" | "try again";

/** One way to keep a budget. */
export type Door = { name: string; create(clock: SimulatedClock, limit: bigint): OpenDoor };

export type OpenDoor = { ask(agentId: number, call: PlannedCall): Answer | Promise<Answer> };

const AGENTS = 32;

/** What is measured: the gateway's own admission, with a clock of the bench. */
export function ourDoor(reservation: ReservationMode): Door {
  return {
    name: reservation,
    create(clock, limit) {
      const admission = createLiveAdmission([], clock);
      const pool = budgetOf({ key: "pool:1", limits: { day: limit }, reservation });
      const limits = { budgets: [pool], pausedAt: null, rateLimit: null, isRemoved: false };
      admission.follow(new Map(Array.from({ length: AGENTS }, (_, agentId) => [agentId, limits])));
      const toPassage = (live: LiveCall, call: PlannedCall): Passage => ({
        started: () => admission.learnInput(live, call.inputCost),
        streamed: (tokens) => admission.learnOutput(live, tokens),
        ended: () => admission.settle(live, { cost: call.cost, outputTokens: call.outputTokens }),
      });
      const toAnswer = (given: Admission, call: PlannedCall): Answer => {
        if (given.outcome === "admitted") return toPassage(given.call, call);
        return given.outcome === "refused" ? "refused" : "try again";
      };
      return {
        ask(agentId, call) {
          const size = { requestBytes: call.requestBytes, maxTokens: call.maxTokens };
          const given = admission.admit({ agentId, size, prices: PRICES });
          return given.outcome === "waiting" ? given.turn.then((turn) => toAnswer(turn, call)) : toAnswer(given, call);
        },
      };
    },
  };
}

/** What nearly everybody does: look at what was spent, and let it through. */
export const CHECK_THEN_SPEND: Door = {
  name: "check then spend",
  create(_clock, limit) {
    let spent = 0n;
    return {
      ask(_agentId, call) {
        if (spent >= limit) return "refused";
        return {
          started: () => undefined,
          streamed: () => undefined,
          ended: () => {
            spent += call.cost;
          },
        };
      },
    };
  },
};

/** What LiteLLM does: hold the worst case of each call, and refuse what does not fit beside. */
export const RESERVE_WORST_CASE: Door = {
  name: "reserve worst case",
  create(_clock, limit) {
    let spent = 0n;
    let reserved = 0n;
    return {
      ask(_agentId, call) {
        const worst = toAmount(reserve(call, PRICES, null).guaranteed);
        if (spent + reserved + worst > limit) return "refused";
        reserved += worst;
        return {
          started: () => undefined,
          streamed: () => undefined,
          ended: () => {
            reserved -= worst;
            spent += call.cost;
          },
        };
      },
    };
  },
};
