import type { AnswerKind, BodySize } from "./bench-plan.ts";
import { type Figures, median, type ScenarioFigures } from "./figures.ts";
import type { LongRun, MemorySample } from "./long-run.ts";
import type { Ledger } from "./measured-gateway.ts";
import type { ProxyFigures } from "./proxy-mode.ts";
import type { Tally } from "./take-turn.ts";

/** One line of what the gateway has to reach. */
export type ReachLine = { what: string; figure: string; pass: boolean };

/** Everything that was measured. */
export type Results = {
  scenarios: readonly ScenarioFigures[];
  longRun: LongRun;
  proxyMode: readonly ProxyFigures[];
  tally: Tally;
  ledger: Ledger;
};

const ADDED_P50_MS_MAX = { small: 0.5, large: 0.8 };
const ADDED_FIRST_BYTE_MS_MAX = 1;
const PROXY_MODE_ADDED_MS_MAX = 0.2;
const OF_PIPE_MIN = 0.4;
const TIMES_PORTKEY_MIN = 6;
const MEMORY_OVER_PIPE_MB_MAX = 60;
/** Memory is flat when the last fifth of the calls finds no more of it than this over what the middle found. */
const MEMORY_GROWTH_MB_MAX = 12;

/** Holds the results against what the gateway has to reach. A figure that could not be measured fails its line. */
export function judge(results: Results): ReachLine[] {
  return [
    ...(["small", "large"] as const).map((body) => addedP50Line(results, body)),
    firstByteLine(results),
    proxyModeLine(results),
    throughputLine(results, {
      of: "ofPipe",
      min: OF_PIPE_MIN,
      what: "requests/s, of the bare pipe's",
      answers: ["json", "sse"],
    }),
    // As published, Portkey fails every stream: what it does with a work-around is shown, not held against it.
    throughputLine(results, {
      of: "timesPortkey",
      min: TIMES_PORTKEY_MIN,
      what: "requests/s, times Portkey's (JSON)",
      answers: ["json"],
    }),
    memoryLine(results.longRun),
    flatLine(results.longRun),
    ledgerLine(results),
  ];
}

function addedP50Line({ scenarios }: Results, body: BodySize): ReachLine {
  const added = gatewayFigures(
    scenarios,
    (scenario) => scenario.concurrency === 1 && scenario.answer === "json" && scenario.body === body,
  ).map(({ figures }) => figures.added.p50);
  const max = ADDED_P50_MS_MAX[body];
  return atMost(`added p50, ${body} body, concurrency 1`, { values: added, max, unit: " ms" });
}

function firstByteLine({ scenarios }: Results): ReachLine {
  const added = gatewayFigures(scenarios, ({ concurrency, answer }) => concurrency === 1 && answer === "sse").map(
    ({ figures }) => figures.added.firstByteP50,
  );
  return atMost("added to a stream's first byte, concurrency 1", {
    values: added,
    max: ADDED_FIRST_BYTE_MS_MAX,
    unit: " ms",
  });
}

/** What Helicone itself takes is not in it. */
function proxyModeLine({ proxyMode }: Results): ReachLine {
  const values = proxyMode.map(({ straight, proxied }) =>
    straight === null || proxied === null ? null : proxied - straight,
  );
  return atMost("p50 that proxy mode adds to our side, concurrency 1", {
    values,
    max: PROXY_MODE_ADDED_MS_MAX,
    unit: " ms",
  });
}

type Throughput = { of: "ofPipe" | "timesPortkey"; min: number; what: string; answers: readonly AnswerKind[] };

/** Where there is no pause between calls: at the highest concurrency, in each of its scenarios. */
function throughputLine({ scenarios }: Results, { of, min, what, answers }: Throughput): ReachLine {
  const busiest = Math.max(...scenarios.map(({ scenario }) => scenario.concurrency));
  const values = gatewayFigures(
    scenarios,
    (scenario) => scenario.concurrency === busiest && answers.includes(scenario.answer),
  );
  const ratios = values.map(({ scenario, figures }) => ({
    name: `${scenario.answer} ${scenario.body}`,
    value: figures[of],
  }));
  const figure = ratios.map(({ name, value }) => `${name} ${format(value)}`).join(", ");
  const pass = ratios.length > 0 && ratios.every(({ value }) => value !== null && value >= min);
  return { what: `${what}, concurrency ${busiest}: at least ${min}`, figure, pass };
}

function memoryLine({ gateway, pipe }: LongRun): ReachLine {
  const [ours, theirs] = [gateway.at(-1), pipe.at(-1)];
  const over = [ours?.megabytes ?? null, theirs?.megabytes ?? null];
  const [a, b] = over;
  const values = [a === null || b === null || a === undefined || b === undefined ? null : a - b];
  const what = `memory over the bare pipe's after ${ours?.calls ?? 0} calls`;
  return atMost(what, { values, max: MEMORY_OVER_PIPE_MB_MAX, unit: " MB" });
}

function flatLine({ gateway }: LongRun): ReachLine {
  const megabytes = (from: number, to: number) =>
    median(gateway.slice(from, to).flatMap((sample: MemorySample) => sample.megabytes ?? []));
  const half = Math.floor(gateway.length / 2);
  const [middle, end] = [megabytes(half - 2, half + 2), megabytes(-4, gateway.length)];
  const values = [middle === null || end === null ? null : end - middle];
  return atMost("memory gained from the middle of these calls to their end", {
    values,
    max: MEMORY_GROWTH_MB_MAX,
    unit: " MB",
  });
}

/** Every answered call is in the ledger once, whole, and the sums of its parts agree. */
function ledgerLine({ ledger, tally }: Results): ReachLine {
  const { calls, completed, ids, costNanoUsd, spentTodayNanoUsd } = ledger;
  const isExact = [calls, completed, ids].every((count) => count === tally.gatewayAnswered);
  const pass = isExact && costNanoUsd === spentTodayNanoUsd && tally.failed.gateway === undefined;
  const figure = `${tally.gatewayAnswered} answered, ${calls} in the ledger, ${completed} complete`;
  return { what: "every answered call in the ledger once, none failed", figure, pass };
}

function gatewayFigures(
  scenarios: readonly ScenarioFigures[],
  matches: (scenario: ScenarioFigures["scenario"]) => boolean,
) {
  return scenarios
    .filter(({ scenario }) => matches(scenario))
    .flatMap(({ scenario, figures }) => {
      const gateway: Figures | undefined = figures.find(({ target }) => target === "gateway");
      return gateway === undefined ? [] : { scenario, figures: gateway };
    });
}

function atMost(
  what: string,
  { values, max, unit }: { values: readonly (number | null)[]; max: number; unit: string },
): ReachLine {
  const pass = values.length > 0 && values.every((value) => value !== null && value <= max);
  return { what: `${what}: at most ${max}${unit}`, figure: `${values.map(format).join(", ")}${unit}`, pass };
}

function format(value: number | null): string {
  if (value === null) return "not measured";
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
