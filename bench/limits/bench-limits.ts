import { parseArgs } from "node:util";

import { measureAdmission } from "./admission-time.ts";
import { judge, type Results } from "./reach.ts";
import { measureRealGateway } from "./real-gateway.ts";
import { formatReach, formatReal, formatRows } from "./report.ts";
import { measureRows, type Row } from "./rows.ts";

const HELP = `npm run bench:limits [-- --quick] [-- --help]

A budget of $1.00 and clients that make one call after the other until one is refused: 1, 10, 100 and 300 in parallel, of one
agent and of a pool of thirty, with costs that are known, that vary, and that suddenly rise. Printed for both modes of
the gateway, beside the same traffic under check-then-spend and under a reservation of the worst case that refuses what
does not fit. The gateway's own admission with a simulated clock, the same runs every time; then a smaller part through
the real process, and how long an admission takes.

  <= 1 call   runs that went over the limit by no more than the dearest call that was under way when it was reached
  false 402   calls that were refused although the limit was not reached, in each run
  wait, p99   how long calls were held before they went out; 429: how often one was asked to come again

  --quick   fewer runs of each row, and without the extreme ones: within 45 seconds
  --help    this text

The last line is one JSON object with every figure. The exit code is 0 if everything is reached, 1 if not.
`;

/** The slow rows (guaranteed runs one call at a time) say the same with fewer runs. */
const FULL = {
  runs: 200,
  slowRuns: 20,
  kinds: ["independent", "changing", "extreme"],
  admissions: 400_000,
} as const;
const QUICK = { runs: 12, slowRuns: 1, kinds: ["independent", "changing"], admissions: 100_000 } as const;

async function main(): Promise<number> {
  const options = { quick: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const startedAtMs = performance.now();
  const plan = values.quick ? QUICK : FULL;
  const admission = measureAdmission(plan.admissions);
  const real = await measureRealGateway();
  const rows: Row[] = [];
  for await (const row of measureRows(plan)) rows.push(row);
  const results: Results = { rows, real, admission };

  const lines = judge(results);
  const pass = lines.every((line) => line.pass);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  console.log(formatRows(rows));
  console.log(`${formatReal(real)}\n`);
  console.log(`Measured for ${seconds.toFixed(0)} s.\n${formatReach(lines)}\n`);
  console.log(JSON.stringify({ pass, reach: lines, seconds, plan, ...results }));
  return pass ? 0 : 1;
}

process.exitCode = await main();
