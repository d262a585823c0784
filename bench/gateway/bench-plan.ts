/** What a call sends and asks for. */
export type BodySize = "small" | "large";
export type AnswerKind = "json" | "sse";

/** One way of calling that every target is measured in. */
export type Scenario = { body: BodySize; answer: AnswerKind; concurrency: number };

export type Plan = {
  concurrencies: readonly number[];
  /** How often every target takes its turn in every scenario; fewer when the time is over, but at least three times. */
  roundsMax: number;
  roundsMs: number;
  /** A turn ends with the calls that are running when this is over; with one call at a time, and with many. */
  turnMs: { one: number; many: number };
  /** Calls of each target before anything is measured. */
  warmUpCalls: number;
  /** Calls after which the memory of the gateway and of the pipe is compared. */
  longRunCalls: number;
};

export const ROUNDS_MIN = 3;

export const FULL_PLAN: Plan = {
  concurrencies: [1, 10, 64],
  roundsMax: 7,
  roundsMs: 10 * 60_000,
  turnMs: { one: 400, many: 800 },
  warmUpCalls: 2_000,
  longRunCalls: 100_000,
};

export const QUICK_PLAN: Plan = {
  concurrencies: [1, 64],
  roundsMax: 5,
  roundsMs: 20_000,
  turnMs: { one: 90, many: 200 },
  warmUpCalls: 300,
  longRunCalls: 6_000,
};

/** The scenarios of a plan, in the order in which they are run and printed. */
export function scenariosOf(plan: Plan): Scenario[] {
  return (["json", "sse"] as const).flatMap((answer) =>
    (["small", "large"] as const).flatMap((body) =>
      plan.concurrencies.map((concurrency) => ({ body, answer, concurrency })),
    ),
  );
}

/** A scenario in a word: `json small c=64`. */
export function nameOf({ body, answer, concurrency }: Scenario): string {
  return `${answer} ${body} c=${concurrency}`;
}
