import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";
import { type CallPrices, callPricesOf } from "#domain/reservation.ts";

import type { Random } from "./random.ts";

/** A call as it will have been; the door learns of it only what a gateway would. */
export type PlannedCall = {
  requestBytes: number;
  maxTokens: number;
  inputCost: bigint;
  outputTokens: number;
  cost: bigint;
  /** Until the first byte, and from there to the end. */
  waitMs: number;
  streamMs: number;
};

export type TrafficKind = "independent" | "changing" | "extreme";

/** What calls cost, and what is held against it: `extreme` is shown only. */
export type Traffic = {
  name: string;
  kind: TrafficKind;
  what: string;
  /** The calls of one run. `spentShare` is how much of the budget has been spent. */
  start(random: Random): (spentShare: number) => PlannedCall;
};

export const MODEL = "claude-sonnet-4-5";
export const PRICES: CallPrices = callPricesOf(BUILT_IN_PRICE_LIST, MODEL, new Date(0));

/** What Claude Code asks for; hardly any call uses it. */
const MAX_TOKENS = 32_000;
const REQUEST_BYTES = 2_000;
const INPUT_NANO_USD = 750_000n;
const OUTPUT_TOKENS = 100;
const FIRST_BYTE_MS = 1_000;
const TOKENS_PER_SECOND = 80;

export const TRAFFICS: readonly Traffic[] = [
  {
    name: "known",
    kind: "independent",
    what: "every call costs $0.00225",
    start: () => () => planCall(OUTPUT_TOKENS),
  },
  {
    name: "varied",
    kind: "independent",
    what: "output spread over two orders of magnitude (log-normal, sigma 1)",
    start: (random) => () => planCall(OUTPUT_TOKENS * Math.exp(random.normal() - 0.5)),
  },
  {
    name: "heavy-tailed",
    kind: "independent",
    what: "most answers short, a few up to forty times the mean (Pareto, alpha 1.5, up to 4,000 tokens)",
    start: (random) => () => planCall(Math.min(4_000, pareto(random, 1.5))),
  },
  suddenly(3),
  suddenly(5),
  {
    name: "extreme",
    kind: "extreme",
    what: "a few answers up to half of the whole budget each (Pareto, alpha 1.3, up to 32,000 tokens)",
    start: (random) => () => planCall(pareto(random, 1.3)),
  },
];

/** From some point of the budget on, which nobody knows before, every call costs a multiple, for good. */
function suddenly(factor: number): Traffic {
  return {
    name: `suddenly x${factor}`,
    kind: "changing",
    what: `output spread (log-normal, sigma 0.5), and ${factor} times as much from somewhere between 10 % and 90 % of the budget on`,
    start(random) {
      const from = 0.1 + 0.8 * random.next();
      const spread = () => Math.exp(0.5 * random.normal() - 0.125);
      return (spentShare) => planCall(OUTPUT_TOKENS * spread() * (spentShare >= from ? factor : 1));
    },
  };
}

/** With the mean of all the others: the smallest is (alpha - 1) / alpha of it. */
function pareto(random: Random, alpha: number): number {
  return (OUTPUT_TOKENS * (1 - 1 / alpha)) / (1 - random.next()) ** (1 / alpha);
}

function planCall(tokens: number): PlannedCall {
  const outputTokens = Math.min(MAX_TOKENS, Math.max(1, Math.round(tokens)));
  return {
    requestBytes: REQUEST_BYTES,
    maxTokens: MAX_TOKENS,
    inputCost: INPUT_NANO_USD,
    outputTokens,
    cost: INPUT_NANO_USD + BigInt(outputTokens) * BigInt(PRICES.output),
    waitMs: FIRST_BYTE_MS,
    streamMs: (outputTokens / TOKENS_PER_SECOND) * 1_000,
  };
}
