import type { NanoUsd } from "#domain/money.ts";

/** One day of one agent, counted three times; null: that source has nothing to say of the day. */
export type CountedDay = {
  ledger: NanoUsd;
  /** Claude Code's own figure, as its metrics sum it. */
  reported: NanoUsd | null;
  /** The same, call by call: of all calls it told of, and of those that did not pass the gateway. */
  told: { cost: NanoUsd; unroutedCost: NanoUsd; unrouted: number } | null;
  helicone: NanoUsd | null;
};

/**
 * What a difference between the ledger and Claude Code's figure comes from. unrouted: calls that went past the gateway.
 * missing-flush: a process ended before it had reported everything. unreported: calls that Claude Code did not count (side
 * calls, calls of other programs, or reporting was off). prices: both have the same calls, at other prices.
 */
export type DriftReason = "unrouted" | "missing-flush" | "unreported" | "prices";

export type Drift = {
  /** Claude Code's figure: its metrics, or its calls where those say more. */
  reported: NanoUsd;
  /** reported − ledger. */
  difference: NanoUsd;
  reasons: readonly { reason: DriftReason; amount: NanoUsd }[];
};

/** Both round each call or value to a nano-USD; Claude Code reckons in floating point. */
const NOISE: NanoUsd = 1_000n;

/** How far the two counts are apart, and why as far as that can be told; null: nothing was reported. Pure. */
export function driftOf({ ledger, reported, told }: CountedDay): Drift | null {
  if (reported === null && told === null) return null;
  const figure = max(reported ?? 0n, told?.cost ?? 0n);
  const unrouted = told?.unroutedCost ?? max(figure - ledger, 0n);
  const missing = told === null || reported === null ? 0n : max(told.cost - reported, 0n);
  const rest = figure - unrouted - ledger;
  const reasons = [
    { reason: "unrouted" as const, amount: unrouted },
    { reason: "missing-flush" as const, amount: missing },
    rest < 0n ? { reason: "unreported" as const, amount: -rest } : { reason: "prices" as const, amount: rest },
  ];
  return {
    reported: figure,
    difference: figure - ledger,
    reasons: reasons.filter(({ amount }) => amount > NOISE),
  };
}

/** From both on, what went past the gateway in a day is worth an alert: less is noise, or not worth a person's time. */
const UNROUTED_PERCENT_MIN = 10;
export const UNROUTED_AMOUNT_MIN: NanoUsd = 500_000_000n;

/** What went past the gateway in a day, in nano-USD of what Claude Code reported. */
export type Unrouted = { amount: NanoUsd; reported: NanoUsd };

/**
 * What of a day somebody has to be told of; null: nothing. `meant`: what was reported while the agent's calls were meant to go
 * past the gateway, which is no news. Pure.
 */
export function notableUnrouted(drift: Drift | null, meant: NanoUsd): Unrouted | null {
  const past = drift?.reasons.find(({ reason }) => reason === "unrouted")?.amount ?? 0n;
  const [amount, reported] = [past - meant, (drift?.reported ?? 0n) - meant];
  if (amount < UNROUTED_AMOUNT_MIN || unroutedPercent(reported, amount) < UNROUTED_PERCENT_MIN) return null;
  return { amount, reported };
}

/** The share of an agent's reported cost that did not pass the gateway, in whole percent. */
export function unroutedPercent(reported: NanoUsd, unrouted: NanoUsd): number {
  return reported <= 0n ? 0 : Number((unrouted * 100n) / reported);
}

/** The larger of two amounts: Math.max takes no bigint. */
export function max(a: NanoUsd, b: NanoUsd): NanoUsd {
  if (a > b) return a;
  return b;
}
