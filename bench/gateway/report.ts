import { nameOf } from "./bench-plan.ts";
import type { Figures, ScenarioFigures } from "./figures.ts";
import type { LongRun } from "./long-run.ts";
import type { ProxyFigures } from "./proxy-mode.ts";
import type { ReachLine } from "./reach.ts";
import type { Tally } from "./take-turn.ts";

const COLUMNS: readonly { title: string; digits: number; of: (figures: Figures) => number | null }[] = [
  { title: "p50 ms", digits: 2, of: ({ p50 }) => p50 },
  { title: "p99 ms", digits: 1, of: ({ p99 }) => p99 },
  { title: "+p50", digits: 2, of: ({ added }) => added.p50 },
  { title: "+p99", digits: 1, of: ({ added }) => added.p99 },
  { title: "+first byte", digits: 2, of: ({ added }) => added.firstByteP50 },
  { title: "requests/s", digits: 0, of: ({ requestsPerSecond }) => requestsPerSecond },
  { title: "of pipe", digits: 2, of: ({ ofPipe }) => ofPipe },
  { title: "x Portkey", digits: 1, of: ({ timesPortkey }) => timesPortkey },
  { title: "CPU us/call", digits: 0, of: ({ cpuUs }) => cpuUs },
];
const NAME_WIDTH = 22;

/** All scenarios as one table: a heading for each, a row for each target. */
export function formatTable(scenarios: readonly ScenarioFigures[]): string {
  const lines = scenarios.flatMap(({ scenario, figures }) => [
    row(
      nameOf(scenario),
      COLUMNS.map(({ title }) => title),
    ),
    ...figures.map((target) =>
      row(
        `  ${target.target}`,
        COLUMNS.map(({ of, digits }) => cell(of(target), digits)),
      ),
    ),
    "",
  ]);
  return lines.join("\n");
}

/** Proxy mode beside the straight way. */
export function formatProxyMode(figures: readonly ProxyFigures[]): string {
  const lines = figures.map(({ scenario, straight, proxied }) => {
    const added = straight === null || proxied === null ? null : proxied - straight;
    const what = scenario.answer === "sse" ? "first byte" : "p50";
    return `  ${nameOf(scenario)}, ${what}: ${cell(straight, 3)} straight, ${cell(proxied, 3)} in proxy mode, ${cell(added, 3)} added`;
  });
  return ["Proxy mode in ms, with a Helicone that takes no time:", ...lines, ""].join("\n");
}

/** How the memory of both processes went along, in ten steps. */
export function formatMemory({ gateway, pipe }: LongRun): string {
  const course = (samples: LongRun["gateway"]) =>
    samples
      .filter((_, index) => index % 2 === 1)
      .map(({ megabytes }) => cell(megabytes, 0))
      .join(" ");
  const calls = gateway.at(-1)?.calls ?? 0;
  return `Memory in MB over ${calls} calls each (80 % small JSON, 15 % small SSE, 5 % large SSE):\n  gateway ${course(gateway)}\n  pipe    ${course(pipe)}`;
}

/** Calls that failed, where any did. */
export function formatFailures({ failed }: Tally): string {
  return Object.entries(failed)
    .map(([target, { calls, first }]) => `${calls} calls of ${target} failed; the first: ${first}\n`)
    .join("");
}

export function formatReach(lines: readonly ReachLine[]): string {
  return lines.map(({ what, figure, pass }) => `${pass ? "PASS" : "FAIL"}  ${what}\n        ${figure}`).join("\n");
}

function row(name: string, cells: readonly string[]): string {
  const width = (index: number) => Math.max(8, (COLUMNS[index]?.title.length ?? 0) + 1);
  return name.padEnd(NAME_WIDTH) + cells.map((text, index) => text.padStart(width(index))).join("");
}

function cell(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits);
}
