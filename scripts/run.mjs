/** Runs a TypeScript program of this project: `node scripts/run.mjs bench/some.ts --its-own arguments`. */
import path from "node:path";
import { pathToFileURL } from "node:url";

import { ensureDependencies, ensureGenerated } from "./prepare.mjs";

const [program, ...args] = process.argv.slice(2);
if (!program) {
  process.stderr.write("usage: node scripts/run.mjs FILE.ts [ARGUMENT]…\n");
  process.exit(2);
}
try {
  // The program's own output may be read by another program: what the preparation says goes elsewhere.
  const say = (line) => process.stderr.write(`${line}\n`);
  await ensureDependencies(say);
  await ensureGenerated();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

// In this very process, so that input, output, signals and the exit code are the program's own.
const { register } = await import("tsx/esm/api");
register();
const file = path.resolve(program);
process.argv = [process.argv[0], file, ...args];
await import(pathToFileURL(file).href);
