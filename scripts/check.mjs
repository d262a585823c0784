import path from "node:path";
import { fileURLToPath } from "node:url";

import { ensureDependencies, ensureGenerated, root } from "./prepare.mjs";
import { runStep } from "./run-step.mjs";

const bin = (file) => path.join(root, "node_modules", file);

/** What must hold for every commit. The steps of a row share the two cores; the tests have them for themselves. */
const ROWS = [
  [
    { name: "lint", run: () => node(bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings") },
    { name: "imports", run: () => node(path.join(root, "scripts/check-imports.mjs")) },
    { name: "types", run: checkTypes },
  ],
  [{ name: "unit tests", run: () => node(bin("vitest/vitest.mjs"), "run", "--project=unit*", ...unitReport()) }],
];

/** Where `npm test` finds the counts of the unit tests. */
export const UNIT_REPORT = path.join(root, "test-results/unit.json");

/**
 * Runs every check, also after one has failed, and prints a line for each.
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runChecks() {
  const failed = [];
  for (const steps of ROWS) failed.push(...(await Promise.all(steps.map(runCheck))));
  return failed.flat();
}

/** Prints how it went, and gives the step's name if it failed. */
async function runCheck({ name, run }) {
  const startedAt = performance.now();
  const problem = await run().then(
    () => undefined,
    (error) => error.message,
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${problem === undefined ? "✔" : "✘"} ${name.padEnd(12)} ${seconds.padStart(5)} s`);
  if (problem === undefined) return [];
  console.log(`${problem}\n`);
  return [name];
}

/** Next's own declarations first: they name the routes, and the style sheets that may be imported. */
async function checkTypes() {
  await node(bin("next/dist/bin/next"), "typegen");
  await node(bin("typescript/bin/tsc"), "--noEmit");
}

function unitReport() {
  return ["--reporter=dot", "--reporter=json", `--outputFile.json=${UNIT_REPORT}`];
}

function node(program, ...args) {
  const color = process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };
  const env = { ...process.env, ...color, NEXT_TELEMETRY_DISABLED: "1" };
  return runStep(process.execPath, [program, ...args], { cwd: root, env });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensureDependencies();
    await ensureGenerated();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  const failed = await runChecks();
  if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
