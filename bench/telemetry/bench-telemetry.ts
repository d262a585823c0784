import { parseArgs } from "node:util";

import type { ReachLine } from "../gateway/reach.ts";
import { formatReach } from "../gateway/report.ts";
import { type ClaudeDay, runClaudeDay } from "./claude-day.ts";
import { type FleetLoad, measureFleetLoad } from "./fleet-load.ts";

const HELP = `npm run bench:telemetry [-- --quick] [-- --help]

What the telemetry of a fleet does to the gateway's calls: 200 agents export every second while one client calls, in turns
with the same client alone; everything that was answered with 200 is in the sums, to the nano-dollar. Then 500 runs of the real
Claude Code, of one prompt each: what it says that they cost, what it reported, and what the gateway counted.

  --quick   15 seconds of exports and 6 runs: within 45 seconds
  --help    this text

The last line is one JSON object with every figure. The exit code is 0 if everything is reached, 1 if not.
`;

const FULL = { fleet: { agents: 200, rounds: 10, quietMs: 15_000, exportingMs: 60_000 }, prompts: 500 };
const QUICK = { fleet: { agents: 200, rounds: 3, quietMs: 3_000, exportingMs: 5_000 }, prompts: 6 };

/** "Unmoved": by less than what one garbage collection takes. */
const MOVED_P99_MS_MAX = 2;

async function main(): Promise<number> {
  const options = { quick: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const plan = values.quick ? QUICK : FULL;
  const startedAtMs = performance.now();
  const fleet = await measureFleetLoad(plan.fleet);
  console.log(formatFleet(fleet, plan.fleet.agents));
  const day = await runClaudeDay(plan.prompts);
  const lines = judge(fleet, day);
  const pass = lines.every((line) => line.pass);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  console.log(`Measured for ${seconds.toFixed(0)} s.\n\n${formatReach(lines)}\n`);
  console.log(JSON.stringify({ pass, reach: lines, seconds, plan, fleet, day }, jsonValue));
  return pass ? 0 : 1;
}

function formatFleet({ quiet, exporting, exports }: FleetLoad, agents: number): string {
  const row = (name: string, { p50, p99 }: FleetLoad["quiet"]) =>
    `  ${name.padEnd(30)}${p50.toFixed(2).padStart(8)}${p99.toFixed(2).padStart(8)}`;
  return [
    "One client's calls in ms          p50     p99",
    row("alone", quiet),
    row(`beside ${agents} agents' exports`, exporting),
    row("an export, until it is kept", exports.took),
    `${exports.answered} exports, ${exports.perSecond.toFixed(0)} a second; ${exports.retried} were repeated, ${exports.failed} given up.\n`,
  ].join("\n");
}

function judge({ quiet, exporting, calls, exports, told, kept }: FleetLoad, day: ClaudeDay): ReachLine[] {
  const moved = exporting.p99 - quiet.p99;
  return [
    {
      what: `p99 of calls beside the exports, over that alone: at most ${MOVED_P99_MS_MAX} ms more`,
      figure: `${moved.toFixed(2)} ms more`,
      pass: moved <= MOVED_P99_MS_MAX,
    },
    {
      what: "every export kept, and counted once",
      figure: `${exports.failed} given up; ${told} nano-USD were told, ${kept} are counted`,
      pass: exports.failed === 0 && exports.answered > 0 && told === kept,
    },
    {
      what: "every answered call in the ledger once, none failed",
      figure: `${calls.answered} answered, ${calls.inLedger} in the ledger, ${calls.failed} failed`,
      pass: calls.failed === 0 && calls.answered === calls.inLedger,
    },
    {
      what: `${day.runs} runs of Claude Code: its own total, what it reported and what the gateway counted are the same`,
      figure: `${day.cli}, ${day.reported}, ${day.ledger} nano-USD; ${day.failed} runs failed`,
      pass: day.failed === 0 && day.cli > 0n && day.cli === day.reported && day.cli === day.ledger,
    },
  ];
}

/** JSON has no 64-bit integers: amounts go out as decimal text. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

process.exitCode = await main();
