/** `npm run dev`: everything from the sources, up to date with them; without a key, the scripted upstream stands in for Anthropic. */
import { existsSync } from "node:fs";

import { endWithNpm } from "./end-with-npm.mjs";
import { ensureDependencies, ensureGenerated, root } from "./prepare.mjs";

process.chdir(root);
try {
  await ensureDependencies();
  await ensureGenerated();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (existsSync(".env")) process.loadEnvFile(".env");
endWithNpm();
const { register } = await import("tsx/esm/api");
register();
await import("../src/supervisor/development.ts");
