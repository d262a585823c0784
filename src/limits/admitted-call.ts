import type { NanoUsd } from "#domain/money.ts";
import { type CallPrices, type CallSize, type CostEstimate, type Reservation, toAmount } from "#domain/reservation.ts";
import type { Hold, Reserved } from "#limits/budget-standing.ts";
import type { LiveBudget } from "#limits/live-budget.ts";
import type { CountedCall } from "#limits/live-rates.ts";

/** A call as it asks for admission. */
export type AskedCall = { agentId: number; size: CallSize; prices: CallPrices };

/** A call in flight, with what it holds of each of its budgets. */
export type AdmittedCall<Waiter> = AskedCall & {
  admittedAt: Date;
  reservation: Reservation;
  holds: { budget: LiveBudget<Waiter>; hold: Hold }[];
  /** Its place in the agent's last minute. */
  counted: CountedCall;
};

/** A stream that goes on beyond what was expected holds half as much again as it has shown. */
const GROWTH = 1.5;
/** What a stream has come to is taken note of in steps: of a share of that itself, and of what was expected. */
const METERED_STEP = 0.1;
const EXPECTED_STEP = 0.125;

/** What a reservation holds of a budget in either mode. */
export function toReserved({ expected, guaranteed }: Reservation): Reserved {
  return { expected: toAmount(expected), guaranteed: toAmount(guaranteed) };
}

/** The reservation of a call whose input is known to cost so much. */
export function withInput({ expected, guaranteed, metered }: Reservation, inputCost: NanoUsd): Reservation {
  const input = Number(inputCost);
  return {
    expected: { ...expected, input },
    guaranteed: { ...guaranteed, input },
    metered: { ...metered, input },
  };
}

/** The reservation of a call whose output has come to so much already; the same one while that changes little. */
export function withOutput(reservation: Reservation, outputCost: number): Reservation {
  const { expected, guaranteed, metered } = reservation;
  const step = Math.max(metered.output * METERED_STEP, expected.output * EXPECTED_STEP);
  if (outputCost - metered.output < step) return reservation;
  const most: CostEstimate = { ...guaranteed, output: Math.max(guaranteed.output, outputCost) };
  const grown = outputCost > expected.output ? Math.min(most.output, outputCost * GROWTH) : expected.output;
  return {
    expected: { ...expected, output: grown },
    guaranteed: most,
    metered: { ...metered, output: outputCost },
  };
}
