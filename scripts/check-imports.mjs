import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";

const ROOT = path.resolve(import.meta.dirname, "..");
const FOLDERS = ["src", "e2e", "bench"];
const SOURCE = /\.tsx?$/;
/** The generated Prisma client is reached, never looked into. */
const GENERATED = `src${path.sep}generated${path.sep}`;

/** @type {{ forbidden: { name: string, comment: string }[], options: import("dependency-cruiser").ICruiseOptions }} */
const RULES = createRequire(import.meta.url)("../.dependency-cruiser.cjs");

/** The names of the rules in force. */
export const RULE_NAMES = RULES.forbidden.map((rule) => rule.name);

/**
 * Checks every import of a source tree against `.dependency-cruiser.cjs`.
 * @param {string} root the folder that holds package.json and src
 * @returns {Promise<{ files: number, violations: { rule: string, from: string, to: string, advice: string }[] }>}
 * @throws Error when a source file was not looked at: a check that sees nothing finds nothing
 */
export async function checkImports(root) {
  const files = await listSources(root);
  const folders = FOLDERS.filter((folder) => files.some((file) => file.startsWith(folder + path.sep)));
  const tsConfig = extractTSConfig(path.join(ROOT, "tsconfig.json"));
  const ruleSet = { forbidden: RULES.forbidden };
  const options = { ...RULES.options, tsConfig: undefined, baseDir: root, validate: true, ruleSet };
  const { output } = await cruise(folders, options, undefined, { tsConfig });
  if (typeof output === "string") throw new Error("dependency-cruiser gave no result to read");

  const seen = new Set(output.modules.map((module) => path.normalize(module.source)));
  const unseen = files.filter((file) => !seen.has(file));
  if (unseen.length > 0) throw new Error(`dependency-cruiser did not look at ${unseen.length} files: ${unseen[0]} …`);
  if (files.length === 0) throw new Error(`There is no source file in ${root}`);
  const advice = new Map(RULES.forbidden.map((rule) => [rule.name, rule.comment]));
  const violations = output.summary.violations.map(({ rule, from, to, cycle, via }) => {
    const way = cycle ?? via;
    const target = way === undefined ? to : way.map((step) => step.name).join(" → ");
    return { rule: rule.name, from, to: target, advice: advice.get(rule.name) ?? "" };
  });
  return { files: files.length, violations };
}

/** @param {string} root */
async function listSources(root) {
  const found = await Promise.all(
    FOLDERS.map(async (folder) => {
      const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
    }),
  );
  return found.flat().filter((file) => !file.startsWith(GENERATED));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, violations } = await checkImports(ROOT);
  for (const { rule, from, to, advice } of violations) console.error(`${from} → ${to}\n  ${rule}: ${advice}`);
  console.log(`${files} files, ${violations.length} forbidden imports`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
