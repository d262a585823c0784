/**
 * Starts everything on a bare machine: installs and builds what is missing or stale, then runs the supervisor in this very
 * process. Needs Node and nothing else.
 */
const NODES = [
  [20, 19],
  [22, 12],
  [24, 0],
];
const [major, minor] = process.versions.node.split(".").map(Number);
if (!(major > 24 || NODES.some(([line, least]) => major === line && minor >= least))) {
  console.error(
    `Node ${process.versions.node} is not supported: install Node 20.19, 22.12 or 24 (or a later one of these lines, or any above 24).`,
  );
  process.exit(1);
}

const { existsSync } = await import("node:fs");
const { endWithNpm } = await import("./scripts/end-with-npm.mjs");
const { ensureBuilt, ensureDependencies, ensureGenerated, root } = await import("./scripts/prepare.mjs");

process.chdir(root); // relative settings, such as DATA_DIR, are relative to the project
try {
  await ensureDependencies();
  await ensureGenerated();
  await ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

if (process.argv.includes("--demo")) {
  process.env.TRINITY_DEMO = "1";
  process.env.DATA_DIR ||= ".data-demo";
  process.env.DATABASE_URL = ""; // invented people and calls stay out of a database that is in use
}
if (existsSync(".env")) process.loadEnvFile(".env"); // fills in what is not set by now
endWithNpm();
await import("./dist/main.mjs");
