import { loadavg } from "node:os";
import { parseArgs } from "node:util";

import { FULL_PLAN, type Plan, QUICK_PLAN } from "./bench-plan.ts";
import { noiseOf, toFigures } from "./figures.ts";
import { runLongRun } from "./long-run.ts";
import { measureProxyMode } from "./proxy-mode.ts";
import { judge, type Results } from "./reach.ts";
import { formatFailures, formatMemory, formatProxyMode, formatReach, formatTable } from "./report.ts";
import { runRounds, warmUp } from "./rounds.ts";
import { createTally } from "./take-turn.ts";
import { type CleanUps, type Rig, startRig } from "./targets.ts";

const HELP = `npm run bench:gateway [-- --quick] [-- --help]

Measures what the gateway adds to a call: admission, metering and journal on, drained into PostgreSQL. Beside it, in
alternating turns: the upstream called directly, nginx (where it is installed), a bare Node pipe, and Portkey's
gateway from npm (fetched into .cache/ the first time); and what proxy mode takes beyond the straight way. Everything runs on this machine, over the loopback interface.

  --quick   concurrency 1 and 64 and short turns: within 45 seconds
  --help    this text

The last line is one JSON object with every figure. The exit code is 0 if everything is reached, 1 if not.
`;

async function main(): Promise<number> {
  const options = { quick: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stopping.abort(new Stopped(signal)));
  const cleanUps: CleanUps = [];
  try {
    const rig = await startRig(cleanUps, stopping.signal);
    return await measure(rig, values.quick ? QUICK_PLAN : FULL_PLAN);
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp().catch((error: unknown) => console.error(error));
  }
}

/** Somebody wants the bench to end. */
class Stopped extends Error {}

async function measure(rig: Rig, plan: Plan): Promise<number> {
  const startedAtMs = performance.now();
  const loadBefore = loadavg()[0];
  if (!rig.targets.some(({ name }) => name === "nginx")) console.log("nginx is not installed here and is left out.");
  console.log(
    "Portkey's JSON calls run as published; its streams with a work-around, without which every one fails.\n",
  );
  const tally = createTally();
  const longRun = await runLongRun(rig, plan, tally);
  await warmUp(rig, plan, tally);
  const measurements = await runRounds(rig, plan, tally);
  const proxyMode = await measureProxyMode(rig, plan, tally);
  const ledger = await rig.gateway.readLedger();
  const results: Results = { scenarios: measurements.map(toFigures), longRun, proxyMode, tally, ledger };

  const lines = judge(results);
  const pass = lines.every((line) => line.pass);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const noise = { loadBefore, loadAfter: loadavg()[0], directMedianOverBest: noiseOf(measurements) };
  console.log(formatTable(results.scenarios));
  console.log(formatProxyMode(proxyMode));
  console.log(formatMemory(longRun));
  console.log(`\nThe ledger followed within ${tally.slowestDrainMs.toFixed(0)} ms of a turn's last answer.`);
  console.log(
    `Measured for ${seconds.toFixed(0)} s. Noise: the direct call's middle round was up to ${noise.directMedianOverBest.toFixed(1)} times as slow as its best; ` +
      `load average ${noise.loadBefore?.toFixed(1)} before, ${noise.loadAfter?.toFixed(1)} after.`,
  );
  console.log(`${formatFailures(tally)}\n${formatReach(lines)}\n`);
  console.log(JSON.stringify({ pass, reach: lines, seconds, noise, plan, ...results }, jsonValue));
  return pass ? 0 : 1;
}

/** JSON has no 64-bit integers: amounts go out as decimal text. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Stopped ? "Stopped." : error);
  return error instanceof Stopped ? 130 : 1;
});
