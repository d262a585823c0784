import type { ReachLine } from "./reach.ts";
import type { RealRun } from "./real-gateway.ts";
import type { Row } from "./rows.ts";
import { TRAFFICS } from "./traffic.ts";

const COLUMNS: readonly { title: string; of: (row: Row) => string }[] = [
  { title: "runs", of: ({ runs }) => String(runs) },
  { title: "calls", of: ({ calls }) => calls.toFixed(0) },
  { title: "calls/s", of: ({ callsPerSecond }) => callsPerSecond.toFixed(2) },
  { title: "<= 1 call", of: ({ withinOneCall, runs }) => `${((withinOneCall / runs) * 100).toFixed(1)} %` },
  { title: "over, max", of: ({ overshootUsdMax }) => `$${overshootUsdMax.toFixed(4)}` },
  { title: "in calls", of: ({ overshootCallsMax }) => overshootCallsMax.toFixed(2) },
  { title: "false 402", of: ({ falseRefusals }) => falseRefusals.toFixed(1) },
  { title: "unused", of: ({ unusedUsd }) => `$${unusedUsd.toFixed(3)}` },
  { title: "wait", of: ({ waitMsMean }) => `${(waitMsMean / 1_000).toFixed(1)} s` },
  { title: "p99", of: ({ waitMsP99 }) => `${(waitMsP99 / 1_000).toFixed(0)} s` },
  { title: "429", of: ({ triedAgain }) => triedAgain.toFixed(0) },
];
const NAME_WIDTH = 34;
const CELL_WIDTH = 10;

/** The rows of one kind of traffic: a heading, a block for each number of parallel calls. */
export function formatRows(rows: readonly Row[]): string {
  return TRAFFICS.flatMap(({ name, what }) => {
    const own = rows.filter(({ traffic }) => traffic === name);
    if (own.length === 0) return [];
    const titles = line(
      "",
      COLUMNS.map(({ title }) => title),
    );
    const lines = own.map((row) =>
      line(
        `  ${nameOf(row)}`,
        COLUMNS.map(({ of }) => of(row)),
      ),
    );
    return [`${name}: ${what}`, titles, ...lines, ""];
  }).join("\n");
}

function nameOf({ parallel, agents, door }: Row): string {
  return `${String(parallel).padStart(3)} of ${agents === 1 ? "one agent" : `${agents} agents`}, ${door}`;
}

export function formatReal(runs: readonly RealRun[]): string {
  return runs
    .map(
      (run) =>
        `The real process, ${run.mode}: ${run.parallel} clients, ${run.calls} calls in ${run.seconds.toFixed(1)} s, spent $${run.spentUsd.toFixed(4)} of $1.00, ` +
        `over by ${run.overshootCalls.toFixed(2)} of a call, ${run.falseRefusals} false refusals`,
    )
    .join("\n");
}

export function formatReach(lines: readonly ReachLine[]): string {
  return lines.map(({ what, figure, pass }) => `${pass ? "PASS" : "FAIL"}  ${what}\n        ${figure}`).join("\n");
}

function line(name: string, cells: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join("");
}
