import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";

import { runChecks, UNIT_REPORT } from "./check.mjs";
import { ensureChromium } from "./ensure-chromium.mjs";
import { ensureBuilt, ensureDependencies, ensureGenerated, root } from "./prepare.mjs";

/** Settings of this machine's own stack, and of an agent that may be running us, are not the tests' business. */
const FOREIGN =
  /^(ANTHROPIC|CLAUDE|CLAUDECODE|DATABASE|DATA|GATEWAY|HELICONE|LOG|NEXTAUTH|OTEL|PORTAL|TRINITY|UPSTREAM)(_|$)/;

const VITEST = "node_modules/vitest/vitest.mjs";
const PLAYWRIGHT = "node_modules/@playwright/test/cli.js";
const FAILURE = { passed: 0, failed: 1, secondTries: [] };
const reportOf = (name) => path.join(root, "test-results", `${name}.json`);

/** Everything, from the quickest to the slowest. Each part gives its counts, and has said itself what failed. */
const PARTS = [
  { name: "Types, lint, imports, unit tests", run: check },
  { name: "Integration tests", run: () => runVitest("integration") },
  { name: "The real Claude Code", run: () => runVitest("claude-code") },
  { name: "Containers, on a real Docker engine", run: () => runVitest("docker") },
  { name: "Browser tests", run: () => runPlaywright("portal") },
  { name: "Browser and containers", run: () => runPlaywright("docker") },
];

async function check() {
  rmSync(UNIT_REPORT, { force: true });
  const failed = await runChecks();
  const units = readCounts(UNIT_REPORT, countVitest);
  const others = failed.filter((name) => name !== "unit tests").length;
  return atLeastOneFailure(failed.length === 0, { ...units, failed: units.failed + others });
}

async function runVitest(project) {
  const report = reportOf(project);
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const isGood = await runProgram([VITEST, "run", `--project=${project}`, ...reporters]);
  return atLeastOneFailure(isGood, readCounts(report, countVitest));
}

async function runPlaywright(project) {
  await ensureChromium(console.log);
  const report = reportOf(`playwright-${project}`);
  rmSync(report, { force: true });
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const isGood = await runProgram([PLAYWRIGHT, "test", `--project=${project}`, "--reporter=list,json"], env);
  return atLeastOneFailure(isGood, readCounts(report, countPlaywright));
}

/** A run that broke off has failed, whatever its tests say. */
function atLeastOneFailure(isGood, counts) {
  return isGood || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function readCounts(file, count) {
  try {
    return count(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return FAILURE; // no report: the run broke off before it could write one
  }
}

/** Neither runner lets a test be skipped here; one that was not run has not passed. */
function countVitest(report) {
  const failed = report.numTotalTests - report.numPassedTests;
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const again = tests.filter((test) => test.status === "passed" && test.failureMessages.length > 0);
  return { passed: report.numPassedTests, failed, secondTries: again.map(({ fullName }) => fullName) };
}

function countPlaywright({ stats, suites }) {
  const failed = stats.unexpected + stats.skipped;
  const secondTries = suites.flatMap(specsOf).flatMap(({ title, tests }) => {
    return tests.some((test) => test.status === "flaky") ? title : [];
  });
  return { passed: stats.expected + stats.flaky, failed, secondTries };
}

function specsOf({ specs, suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

/** Who stops a run wants no further part of it. */
let isStopped = false;

/** Shows the program's output as it comes; tells whether it ended well. */
function runProgram(args, variables = {}) {
  return new Promise((resolve) => {
    const env = { ...process.env, ...variables };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    const forward = (signal) => {
      isStopped = true;
      child.kill(signal);
    };
    process.on("SIGTERM", forward);
    child.once("exit", (code) => {
      process.off("SIGTERM", forward);
      resolve(code === 0);
    });
  });
}

async function runPart({ name, run }) {
  const startedAt = performance.now();
  console.log(`\n── ${name}`);
  const counts = await run().catch((error) => {
    console.log(error.message);
    return FAILURE;
  });
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { name, seconds, ...counts };
}

for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
const results = [
  await runPart({
    name: "Set-up",
    run: async () => {
      await ensureDependencies();
      await ensureGenerated();
      await ensureBuilt();
      return { passed: 0, failed: 0, secondTries: [] };
    },
  }),
];
const isReady = results.every((result) => result.failed === 0);
if (isReady) for (const part of PARTS) if (!isStopped) results.push(await runPart(part));

const sum = (count) => results.reduce((total, result) => total + result[count], 0);
console.log("");
for (const { name, seconds, passed, failed } of results) {
  console.log(
    `${failed === 0 ? "✔" : "✘"} ${name.padEnd(34)} ${String(seconds).padStart(5)} s   ${passed} / ${passed + failed}`,
  );
}
// A stumble may be the machine's, or a race of ours that somebody will meet: it stops nobody, and is not hidden.
for (const { name, secondTries } of results) {
  for (const test of secondTries) console.log(`Passed only on its second try (${name}): ${test}`);
}
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 && !isStopped ? 0 : 1;
