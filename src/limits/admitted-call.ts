import type { NanoUsd } from "#domain/money.ts";
import { type CallPrices, type CallSize, type CostEstimate, type Reservation, toAmount } from "#domain/reservation.ts";
import type { Hold, LiveBudget, Reserved } from "#limits/live-budget.ts";
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

/** What a reservation holds of a budget in either mode. */
export function toReserved({ expected, guaranteed }: Reservation): Reserved {
  return { expected: toAmount(expected), guaranteed: toAmount(guaranteed) };
}

/** The reservation of a call whose input is known to cost so much. */
export function withInput(reservation: Reservation, inputCost: NanoUsd): Reservation {
  const input = Number(inputCost);
  return { expected: { ...reservation.expected, input }, guaranteed: { ...reservation.guaranteed, input } };
}

/** The reservation of a call whose output has come to so much already; the same one if that was expected. */
export function withOutput(reservation: Reservation, outputCost: number): Reservation {
  const { expected, guaranteed } = reservation;
  if (outputCost <= expected.output) return reservation;
  const most: CostEstimate = { ...guaranteed, output: Math.max(guaranteed.output, outputCost) };
  return { expected: { ...expected, output: Math.min(most.output, outputCost * GROWTH) }, guaranteed: most };
}
