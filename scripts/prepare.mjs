import { accessSync, constants, existsSync, rmSync } from "node:fs";
import path from "node:path";

import { withBuildLock } from "./build-lock.mjs";
import { fingerprint, isUpToDate, writeStamp } from "./fingerprint.mjs";
import { runStep } from "./run-step.mjs";

/** The project's folder. */
export const root = path.resolve(import.meta.dirname, "..");

const LOCKED_DEPENDENCIES = ["package.json", "package-lock.json"];
const BUILD_INPUTS = [
  ...LOCKED_DEPENDENCIES,
  "src",
  "public",
  "e2e/anthropic",
  "e2e/helicone",
  "prisma",
  "scripts/build.mjs",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
];
const NOT_BUILT = /\.test\.tsx?$|^src\/(testing|generated)\//;

/**
 * Installs the dependencies if they are missing or the lists have changed since.
 * @param {(line: string) => void} [say]
 */
export async function ensureDependencies(say = console.log) {
  const stamp = path.join(root, "node_modules", ".installed-for");
  const print = () => `${process.platform} ${process.arch} ${fingerprint(root, LOCKED_DEPENDENCIES)}`;
  if (isUpToDate(stamp, print())) return;
  await prepareOnce(
    () => isUpToDate(stamp, print()),
    async () => {
      say(
        existsSync(stamp)
          ? "Installing changed dependencies…"
          : "Installing dependencies… (first start only, about a minute)",
      );
      rmSync(stamp, { force: true });
      // Not `npm ci`: a lock made on one platform may lack optional packages of another. Development packages hold the
      // types that the build checks against, so they come along in production too. The lists themselves stay as they are.
      const install = ["install", "--no-save", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
      await runNpm(install);
      writeStamp(stamp, print());
    },
  );
}

/**
 * Generates the Prisma client if it is missing or the schema has changed since. Takes two seconds and says nothing.
 */
export async function ensureGenerated() {
  const stamp = path.join(root, "src/generated/prisma", ".generated-for");
  const print = fingerprint(root, ["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"]);
  if (isUpToDate(stamp, print)) return;
  await prepareOnce(
    () => isUpToDate(stamp, print),
    async () => {
      await runStep(process.execPath, [path.join(root, "node_modules/prisma/build/index.js"), "generate"], {
        cwd: root,
        env: {
          ...process.env,
          // Generating needs no schema engine, but the CLI insists on having one and would download it.
          PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY || process.execPath,
          PRISMA_HIDE_UPDATE_MESSAGE: "1",
          CHECKPOINT_DISABLE: "1",
        },
      });
      writeStamp(stamp, print);
    },
  );
}

/**
 * Builds gateway, supervisor and portal if anything they are made of has changed since.
 * @param {(line: string) => void} [say]
 */
export async function ensureBuilt(say = console.log) {
  const stamp = path.join(root, "dist", ".built-from");
  const print = fingerprint(root, BUILD_INPUTS, (file) => !NOT_BUILT.test(file));
  if (isUpToDate(stamp, print)) return;
  await prepareOnce(
    () => isUpToDate(stamp, print),
    async () => {
      say("Building…");
      rmSync(stamp, { force: true });
      await runStep(process.execPath, [path.join(root, "scripts/build.mjs")], { cwd: root, env: buildEnvironment() });
      writeStamp(stamp, print);
    },
  );
}

/** Under the lock, and only if another process has not done it meanwhile. */
async function prepareOnce(isDone, work) {
  requireWritable();
  await withBuildLock(root, async () => {
    if (!isDone()) await work();
  });
}

function requireWritable() {
  try {
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new Error(
      `The folder ${root} cannot be written to (${error.code}): the program is built in it at its first start.`,
    );
  }
}

/** The npm that runs us, else the one on the path. */
function runNpm(args) {
  const cli = process.env.npm_execpath;
  const options = { cwd: root, env: process.env };
  return cli?.endsWith(".js") ? runStep(process.execPath, [cli, ...args], options) : runStep("npm", args, options);
}

/** A build must not depend on, or remember, the settings of the machine it is made on. */
function buildEnvironment() {
  const { NODE_ENV, ANTHROPIC_API_KEY, DATABASE_URL, NEXTAUTH_SECRET, NEXTAUTH_URL, ...environment } = process.env;
  return { ...environment, NEXT_TELEMETRY_DISABLED: "1" };
}
