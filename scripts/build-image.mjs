import { ensureBuilt, ensureDependencies, ensureGenerated } from "./prepare.mjs";

/** What docker/trinity.Dockerfile runs: everything from the sources, without starting it. */
try {
  await ensureDependencies();
  await ensureGenerated();
  await ensureBuilt();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
